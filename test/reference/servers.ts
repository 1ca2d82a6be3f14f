import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CablegramServer, type ServerOptions, startServer } from '@cablegram/server'
import { CommandLines } from '../e2e/command-lines.ts'
import { Shell } from './shell.ts'

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** A server as it is right after its start, and a shell beside it. */
export interface Fresh {
  readonly server: CablegramServer
  readonly shell: Shell
  readonly folder: string
}

/** Servers for printed examples: one for each set of options, emptied before every run. */
export class Servers {
  readonly #running = new Map<string, Promise<{ server: CablegramServer; commands: CommandLines }>>()
  #folder: Promise<string> | undefined

  /** @param options of `cablegram serve`, as an example names them */
  async fresh(options: string): Promise<Fresh> {
    const running = this.#running.get(options) ?? start(options)
    this.#running.set(options, running)
    const { server, commands } = await running
    await server.reset()
    this.#folder ??= makeFolder()
    const folder = await this.#folder
    const old = await readdir(folder)
    await Promise.all(old.filter((name) => name !== 'node_modules').map((name) => rm(join(folder, name))))
    return { server, shell: new Shell(commands, folder), folder }
  }

  async close(): Promise<void> {
    for (const each of this.#running.values()) {
      const { server, commands } = await each
      await commands.close()
      await server.close()
    }
    if (this.#folder !== undefined) await rm(await this.#folder, { recursive: true, force: true })
  }
}

const OPTIONS: Readonly<Record<string, ServerOptions>> = {
  '': {},
  '--cdn all': { cdn: 'all' },
  '--dcs 2': { dcs: 2 },
  '--terms terms.txt': { terms: { text: 'Be kind.' } },
}

async function start(options: string): Promise<{ server: CablegramServer; commands: CommandLines }> {
  const known = OPTIONS[options]
  if (known === undefined) throw new Error(`test/reference/servers.ts does not know \`serve ${options}\``)
  const server = await startServer({ store: 'memory', ...known })
  return { server, commands: new CommandLines(server.info.console) }
}

/** Programs in it find the packages of the repository. */
async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cablegram-examples-'))
  await symlink(MODULES, join(folder, 'node_modules'), 'junction')
  return folder
}

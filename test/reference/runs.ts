/** Runs printed texts as they are, each against a server that was just emptied, and compares what they print. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Call, Example, Shows } from '../../site/printers/example.ts'
import { PICTURE } from '../../site/printers/file-states.ts'
import { shownIn } from './json-answer.ts'
import { runLuaProgram } from './lua-programs.ts'
import {
  argumentNames,
  commandsIn,
  firstCommands,
  PRINTED_SERVER,
  refusalIn,
  serveOptions,
  valuesIn,
} from './printed-text.ts'
import { type Fresh, Servers } from './servers.ts'
import type { Shell } from './shell.ts'
import { TypeScriptPrograms } from './typescript-programs.ts'

/** Everything that printed texts run on. */
export class Runs {
  readonly #servers: Servers = new Servers()
  readonly #programs: TypeScriptPrograms = new TypeScriptPrograms()

  /** Imports a program in TypeScript. @param shows the lines on its page */
  async typescript(text: string, shows: string): Promise<void> {
    assert.ok(text.includes(PRINTED_SERVER), 'the program names no server')
    const fresh = await this.#servers.fresh(serveOptions(text))
    const args = await prepare(text, fresh)
    const address = fresh.server.info.console ?? ''
    const lines = await this.#programs.run(text.replaceAll(PRINTED_SERVER, address), fresh.folder, args)
    assert.equal(valuesIn(lines), valuesIn(shows.split('\n')))
  }

  /** Runs a script of Lua. @param shows the lines on its page */
  async lua(text: string, shows: string): Promise<void> {
    const fresh = await this.#servers.fresh(serveOptions(text))
    const args = await prepare(text, fresh)
    const files = text.includes(' --files .') ? fresh.folder : undefined
    assert.equal(
      valuesIn(await runLuaProgram(text, fresh.server, { args, files })),
      valuesIn(shows.split('\n')),
    )
  }

  /** Types commands. The last of them print at least what the example shows. */
  async example(text: string, example: Example): Promise<void> {
    const outputs = await this.#commands(text)
    if (example.refused !== undefined) return
    const calls: Call[] = [example, ...(example.after === undefined ? [] : [example.after])]
    for (const [index, call] of calls.entries()) {
      checkShown(call, outputs.at(index - calls.length) ?? '', call.shows ?? {})
    }
  }

  /** Types commands. @param shows the output of the last one */
  async commands(text: string, shows: string): Promise<void> {
    assert.equal((await this.#commands(text)).at(-1), shows)
  }

  async close(): Promise<void> {
    await this.#programs.close()
    await this.#servers.close()
  }

  /** @returns the output of each command */
  async #commands(text: string): Promise<string[]> {
    const { shell } = await this.#servers.fresh(serveOptions(text))
    const outputs: string[] = []
    for (const line of commandsIn(text)) outputs.push(await runLine(shell, line))
    return outputs
  }
}

/** Types the commands that come first, and lays a picture beside a program that wants one. @returns the program's arguments */
async function prepare(text: string, { shell, folder }: Fresh): Promise<string[]> {
  if (text.includes('me.png')) await writeFile(join(folder, 'me.png'), PICTURE)
  for (const line of firstCommands(text)) await runLine(shell, line)
  return argumentNames(text).map((name) => shell.variables.get(name) ?? '')
}

async function succeed(shell: Shell, line: string): Promise<string> {
  const { exitCode, out, complaint } = await shell.run(line)
  assert.equal(exitCode, 0, `${line}: ${complaint}`)
  return out
}

/** Runs a command; a comment behind it says how the server refuses it. */
async function runLine(shell: Shell, line: string): Promise<string> {
  const refused = refusalIn(line)
  if (refused === undefined) return succeed(shell, line)
  const { exitCode, complaint } = await shell.run(line)
  assert.equal(exitCode, 1, line)
  const [code, type] = refused.split(' ')
  assert.ok(complaint.includes(`${type} (${code})`), complaint)
  return ''
}

function checkShown({ method }: Call, output: string, shows: Shows): void {
  const answer: unknown = JSON.parse(output)
  for (const [path, value] of Object.entries(shows)) {
    assert.equal(shownIn(answer, method, path), String(value), `${method}: ${path}`)
  }
}

/**
 * Sessions go from each library to ours and back: `node interop/sessions.ts [library …]`. The library signs in and its
 * session becomes one of ours; then our client signs in and its session becomes one of the library. Those of mtcute also go
 * through a folder of Telegram Desktop, which @mtcute/convert writes for us and reads from us.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { memorySession, TelegramClient } from '@cablegram/client'
import {
  convertSession,
  exportSession,
  importSession,
  readSession,
  readSessionText,
  type StringLibrary,
} from '@cablegram/client/convert'
import { createUser } from '../test/e2e/console.ts'
import { freePort } from '../test/e2e/free-port.ts'
import { type ReadyLine, startServe } from '../test/e2e/serve.ts'
import { ClientProcess } from './client-process.ts'
import { installClients, missing } from './install.ts'
import { installed, TALKERS, type TalkerProgram } from './talkers.ts'

/** A way of sessions between another library and ours. */
interface Way {
  readonly name: string
  /** The program that has the library. */
  readonly library: string
  /** Makes a session of the library one of ours. */
  toOurs(text: string, server: ReadyLine, folder: string): Promise<string>
  /** Makes a session of ours one of the library. */
  fromOurs(text: string, server: ReadyLine, folder: string): Promise<string>
}

const WAYS: readonly Way[] = [
  inStrings('mtcute', 'mtcute'),
  inStrings('gramjs', 'gramjs'),
  inStrings('telethon', 'telethon'),
  inStrings('kurigram', 'pyrogram'),
  inStrings('pyrogram', 'pyrogram'),
  { name: 'desktop', library: 'mtcute', toOurs: fromDesktop, fromOurs: toDesktop },
]
const DESKTOP_FOLDERS = fileURLToPath(new URL('clients/desktop-folders.mjs', import.meta.url))
const CODE = '22222'

/** @param form of the library's strings */
function inStrings(library: string, form: StringLibrary): Way {
  return {
    name: library,
    library,
    toOurs: (text, { console: server }) => importSession(text, { server }),
    fromOurs: (text, { console: server, apps }) =>
      exportSession(text, form, { server, apiId: apps[0]?.apiId }),
  }
}

async function fromDesktop(text: string, { console: server }: ReadyLine, folder: string): Promise<string> {
  const path = join(folder, 'theirs')
  desktopFolders(['write', path], text)
  return (await convertSession(await readSession(path), undefined, { server })) ?? assert.fail()
}

async function toDesktop(text: string, { console: server, dcs }: ReadyLine, folder: string): Promise<string> {
  const path = join(folder, 'ours')
  await convertSession(readSessionText(text, 'ours'), path, { library: 'desktop', server })
  const [dc = assert.fail()] = dcs
  return desktopFolders(['read', path, dc.host, String(dc.port)]).trim()
}

function desktopFolders(args: readonly string[], input = ''): string {
  return execFileSync(process.execPath, [DESKTOP_FOLDERS, ...args], { input, encoding: 'utf8' })
}

async function main(asked: readonly string[]): Promise<number> {
  installClients()
  const folder = await mkdtemp(join(tmpdir(), 'cablegram-sessions-'))
  const args = ['--data', join(folder, 'data'), '--port', String(await freePort()), '--console-port', '0']
  const server = await startServe(args)
  const failures: string[] = []
  try {
    for (const way of WAYS.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
      const talker = TALKERS.find(({ name }) => name === way.library) ?? assert.fail(way.library)
      const why = talker.needs?.map(missing).find((reason) => reason !== undefined)
      if (why !== undefined) console.log(`SKIP  ${way.name}: ${why}`)
      else failures.push(...(await play(way, talker, server.ready, folder)))
    }
  } finally {
    await server.stop('SIGTERM')
    await rm(folder, { recursive: true, force: true, maxRetries: 10 })
  }
  return failures.length === 0 ? 0 : 1
}

async function play(
  { name, toOurs, fromOurs }: Way,
  talker: TalkerProgram,
  server: ReadyLine,
  folder: string,
): Promise<readonly string[]> {
  const program = installed(talker)
  const index = WAYS.findIndex((way) => way.name === name)
  const [theirs, ours] = [`+999662${3000 + index}`, `+999662${4000 + index}`]
  const files = join(folder, name)
  await mkdir(files)
  for (const phone of [theirs, ours]) await createUser(server.console, { phone, firstName: name })
  const process = new ClientProcess(program, files)
  const again = new ClientProcess(program, files)
  try {
    await process.open(server)
    await process.logIn({ phone: theirs, firstName: name, lastName: '', wrongCodes: 0 })
    const session = await process.session()
    await process.close()
    assert.equal(await phoneOf(await toOurs(session, server, files), server), theirs.slice(1))
    await again.open(server, await fromOurs(await signIn(ours, server), server, files))
    assert.equal((await again.me()).phone, ours.slice(1))
    console.log(`pass  ${name}: its session signs in with ours, and ours with it`)
    return []
  } catch (error) {
    console.log(`FAIL  ${name}: ${error instanceof Error ? error.stack : error}\n${again.output}`)
    return [name]
  } finally {
    await Promise.all([process.kill(), again.kill()])
  }
}

/** The number that a session of ours is signed in with. */
async function phoneOf(text: string, server: ReadyLine): Promise<string | undefined> {
  await using client = new TelegramClient(memorySession(text), { server: server.console })
  const user = await client.start({ phone: () => Promise.reject(new Error('asked for a number')) })
  assert.equal(client.userId, user.id)
  return user._ === 'user' ? user.phone : undefined
}

/** The session of a login with our client. */
async function signIn(phone: string, server: ReadyLine): Promise<string> {
  const client = new TelegramClient(memorySession(), { server: server.console })
  await client.start({ phone: async () => phone, code: async () => CODE })
  const text = await client.exportSession()
  await client.close()
  return text
}

process.exitCode = await main(process.argv.slice(2))

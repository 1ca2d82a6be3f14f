/**
 * Sessions go from each library to ours and back: `node interop/sessions.ts [library …]`. The library signs in and its
 * session becomes one of ours; then our client signs in and its session becomes one of the library.
 */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memorySession, TelegramClient } from '@cablegram/client'
import { exportSession, importSession, type StringLibrary } from '@cablegram/client/convert'
import { createUser } from '../test/e2e/console.ts'
import { type ReadyLine, startServe } from '../test/e2e/serve.ts'
import { ClientProcess } from './client-process.ts'
import { installClients, missing } from './install.ts'
import { freePort } from './ports.ts'
import { installed, TALKERS, type TalkerProgram } from './talkers.ts'

/** The libraries, and the form of each one's strings. */
const FORMS: Readonly<Record<string, StringLibrary>> = {
  mtcute: 'mtcute',
  gramjs: 'gramjs',
  telethon: 'telethon',
  kurigram: 'pyrogram',
  pyrogram: 'pyrogram',
}
const CODE = '22222'

async function main(asked: readonly string[]): Promise<number> {
  installClients()
  const folder = await mkdtemp(join(tmpdir(), 'cablegram-sessions-'))
  const args = ['--data', join(folder, 'data'), '--port', String(await freePort()), '--console-port', '0']
  const server = await startServe(args)
  const failures: string[] = []
  try {
    for (const talker of TALKERS.filter(({ name }) => isPlayed(name, asked))) {
      const why = talker.needs?.map(missing).find((reason) => reason !== undefined)
      if (why !== undefined) console.log(`SKIP  ${talker.name}: ${why}`)
      else failures.push(...(await play(talker, server.ready, folder)))
    }
  } finally {
    await server.stop('SIGTERM')
    await rm(folder, { recursive: true, force: true, maxRetries: 10 })
  }
  return failures.length === 0 ? 0 : 1
}

function isPlayed(name: string, asked: readonly string[]): boolean {
  return name in FORMS && (asked.length === 0 || asked.includes(name))
}

async function play(talker: TalkerProgram, server: ReadyLine, folder: string): Promise<readonly string[]> {
  const form = FORMS[talker.name] as StringLibrary
  const program = installed(talker)
  const index = TALKERS.indexOf(talker)
  const [theirs, ours] = [`+999662${3000 + index}`, `+999662${4000 + index}`]
  const files = join(folder, talker.name)
  await mkdir(files)
  for (const phone of [theirs, ours]) await createUser(server.console, { phone, firstName: talker.name })
  const process = new ClientProcess(program, files)
  const again = new ClientProcess(program, files)
  try {
    await process.open(server)
    await process.logIn({ phone: theirs, firstName: talker.name, lastName: '', wrongCodes: 0 })
    const session = await process.session()
    await process.close()
    assert.equal(await phoneOf(session, server), theirs.slice(1))
    await again.open(server, await oursAs(form, ours, server))
    assert.equal((await again.me()).phone, ours.slice(1))
    console.log(`pass  ${talker.name}: its session signs in with ours, and ours with it`)
    return []
  } catch (error) {
    console.log(`FAIL  ${talker.name}: ${error instanceof Error ? error.stack : error}\n${again.output}`)
    return [talker.name]
  } finally {
    await Promise.all([process.kill(), again.kill()])
  }
}

/** The number that our client is signed in as with another library's session. */
async function phoneOf(text: string, server: ReadyLine): Promise<string | undefined> {
  const session = memorySession(await importSession(text, { server: server.console }))
  await using client = new TelegramClient(session, { server: server.console })
  const user = await client.start({ phone: () => Promise.reject(new Error('asked for a number')) })
  assert.equal(client.userId, user.id)
  return user._ === 'user' ? user.phone : undefined
}

/** A session that our client signed in, in the form of another library. */
async function oursAs(form: StringLibrary, phone: string, server: ReadyLine): Promise<string> {
  const client = new TelegramClient(memorySession(), { server: server.console })
  await client.start({ phone: async () => phone, code: async () => CODE })
  const text = await client.exportSession()
  await client.close()
  return await exportSession(text, form, { server: server.console, apiId: server.apps[0]?.apiId })
}

process.exitCode = await main(process.argv.slice(2))

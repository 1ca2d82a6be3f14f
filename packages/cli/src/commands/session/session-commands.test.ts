// Full rounds: its commands run in a thread of their own.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileSession, isSealed, memorySession, TelegramClient } from '@cablegram/client'
import { importSession } from '@cablegram/client/convert'
import { type CablegramServer, startServer } from '@cablegram/server'
import { CommandLines } from '../../../../../test/e2e/command-lines.ts'

const SELF = '{"id":[{"_":"inputUserSelf"}]}'
const folder = mkdtempSync(join(tmpdir(), 'cablegram-session-'))
const at = (name: string) => join(folder, name)
let server: CablegramServer
let lines: CommandLines

before(async () => {
  server = await startServer({ store: 'memory' })
  lines = new CommandLines(server.info.console)
  await run('login', '+9996621234', '--code', '22222', '--first-name', 'Ada', '--session', at('me.session'))
})
after(async () => {
  await lines.close()
  await server.close()
  rmSync(folder, { recursive: true })
})

async function run(...args: readonly string[]): Promise<string> {
  const { exitCode, out, complaint } = await lines.runWords(args)
  assert.equal(exitCode, 0, complaint)
  return out
}

/** `session inspect` takes no server. */
async function inspect(path: string, typed: readonly string[] = [], passphrase?: string) {
  const env = passphrase === undefined ? {} : { CABLEGRAM_PASSPHRASE: passphrase }
  return await lines.runBare(['session', 'inspect', path], typed, env)
}

async function firstName(file: string): Promise<string> {
  return await run('call', 'users.getUsers', SELF, '--get', '0.firstName', '--session', at(file))
}

for (const library of ['telethon', 'gramjs', 'pyrogram', 'mtcute', 'desktop', 'cablegram']) {
  test(`a session goes to ${library} and back, and is still signed in`, async () => {
    const [there, back] = [at(`${library}.there`), at(`${library}.back`)]
    await run('session', 'convert', at('me.session'), there, '--as', library, '--api-id', '4242')
    await run('session', 'convert', there, back)
    assert.equal(await firstName(`${library}.back`), 'Ada')
  })
}

test('a string is converted from standard input', async () => {
  const text = await run('session', 'convert', at('me.session'), '--as', 'telethon')
  const { exitCode } = await lines.runWords(['session', 'convert', '-', at('typed.session')], undefined, [
    text,
  ])
  assert.equal(exitCode, 0)
  assert.equal(await firstName('typed.session'), 'Ada')
})

test('a session of a library that keeps no user knows it once it is connected', async () => {
  const text = await run('session', 'convert', at('me.session'), '--as', 'gramjs')
  const session = memorySession(await importSession(text, { server: server.info }))
  await using client = new TelegramClient(session, { server: server.info })
  await client.connect()
  const { userId } = client
  const [me] = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
  assert.ok(userId !== undefined)
  assert.equal(userId, me?.id)
  const message = await client.sendMessage('me', 'kept')
  assert.equal(message.text, 'kept')
})

test('inspect says whose session it is, and not the key', async () => {
  const text = await run('session', 'convert', at('me.session'), '--as', 'mtcute')
  const ours = await inspect(at('me.session'))
  const string = await inspect('-', [text])
  assert.match(
    ours.out,
    /^Library {6}Cablegram \(a file\)\nServer {7}http:\/\/127\.0\.0\.1:\d+\nData centre {2}2\n/,
  )
  assert.match(string.out, /^Library {6}mtcute \(a string\)\nServer {7}production, if it is of Telegram\n/)
  const [, user = ''] = /User {9}(\d+)\n/.exec(ours.out) ?? []
  assert.match(string.out, new RegExp(`User {9}${user}\nKey id {7}[0-9a-f]{16}$`))
  for (const { out } of [ours, string]) assert.ok(out.length < 300)
})

test('a file of something else is named, with the next step', async () => {
  writeFileSync(at('README.md'), '# Read me')
  const { complaint } = await inspect(at('README.md'))
  assert.match(complaint, /README\.md is no session of a library that is known here\. Give a session of/)
  assert.match((await inspect('-', ['hello'])).complaint, /^The string on standard input is no session/)
})

test('a sealed session is inspected and converted with its passphrase, and not without it', async () => {
  const sealed = fileSession(at('sealed.session'), { passphrase: 'correct horse' })
  const text = readFileSync(at('me.session'), 'utf8')
  await sealed.open()
  await sealed.write(text)
  await sealed.close()
  const right = 'correct horse'
  const told = await inspect(at('me.session'))
  assert.equal((await inspect(at('sealed.session'), [], right)).out, told.out)
  const convert = (...args: readonly string[]) =>
    lines.runBare(['session', 'convert', at('sealed.session'), ...args], [], { CABLEGRAM_PASSPHRASE: right })
  await convert(at('sealed.too'))
  const { out, notes } = await convert('--as', 'mtcute')
  assert.match(notes, /not sealed/)
  assert.equal(isSealed(readFileSync(at('sealed.too'), 'utf8')), true)
  assert.equal((await inspect(at('sealed.too'), [], right)).out, told.out)
  assert.equal(out, await run('session', 'convert', at('me.session'), '--as', 'mtcute'))
  const wrong = await inspect(at('sealed.session'), [], 'battery staple')
  assert.equal(wrong.exitCode, 1)
  assert.match(wrong.complaint, /passphrase/)
  assert.doesNotMatch(wrong.complaint + wrong.notes, /battery|\n {4}at /)
  const missing = await inspect(at('sealed.session'))
  assert.equal(missing.exitCode, 1)
  assert.match(missing.complaint, /sealed\. Give its passphrase in CABLEGRAM_PASSPHRASE/)
})

test('a clone is a login of its own: the end of one does not end the other', async () => {
  await run('session', 'clone', at('me.session'), at('clone.session'))
  assert.equal(await firstName('clone.session'), 'Ada')
  await run('logout', '--session', at('clone.session'))
  assert.equal(await firstName('me.session'), 'Ada')
})

test('a clone of an account with a password asks for the password', async () => {
  const bob = at('bob.session')
  await run('login', '+9996621235', '--code', '22222', '--first-name', 'Bob', '--session', bob)
  await run('user', 'set', '+9996621235', '--password', 'secret')
  await run('session', 'clone', bob, at('bob-2.session'), '--password', 'secret')
  assert.equal(await firstName('bob-2.session'), 'Bob')
})

test('a session that a program has open is not converted', async () => {
  await run('session', 'clone', at('me.session'), at('open.session'))
  await using client = new TelegramClient(at('open.session'), { server: server.info.console })
  await client.connect()
  const { complaint } = await lines.runWords(['session', 'convert', at('open.session'), at('twice.session')])
  assert.match(complaint, /is in use/)
})

test("a session of a server of one's own asks which, and one without a user says so", async () => {
  const text = await run('session', 'convert', at('me.session'), '--as', 'telethon')
  await assert.rejects(importSession(text), { code: 'SESSION_SERVER' })
  await run('session', 'convert', at('me.session'), at('tele.there'), '--as', 'telethon')
  await run('session', 'convert', at('tele.there'), at('tele.back'))
  assert.match((await inspect(at('tele.back'))).out, /User {9}known once it is connected\n/)
})

test('what cannot be done is said in a sentence', async () => {
  writeFileSync(at('empty'), '')
  const complaints = [
    [['session', 'clone', at('none.session'), at('new.session')], /there is no session/],
    [['session', 'clone', at('me.session'), at('me.session')], /exists already/],
    [['session', 'convert', at('none'), at('new')], /There is no session/],
    [['session', 'convert', at('me.session'), at('empty')], /Name a file that does not exist/],
    [['session', 'convert', at('me.session'), '--as', 'pyrogram'], /api_id/],
  ] as const
  for (const [args, sentence] of complaints) {
    const { exitCode, complaint } = await lines.runWords(args)
    assert.notEqual(exitCode, 0)
    assert.match(complaint, sentence)
  }
})

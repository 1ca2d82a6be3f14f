import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type LoginPrompts, logOut, memorySession, TelegramClient } from '@cablegram/client'
import { startServer } from '@cablegram/server'
import { freePort } from './free-port.ts'

const folder = await mkdtemp(join(tmpdir(), 'cablegram-client-'))
after(() => rm(folder, { recursive: true }))

let files = 0
function newFile(): string {
  files += 1
  return join(folder, `${files}.session`)
}

/** A new user who types a wrong code first. */
function answers(phoneNumber: string, ...codes: string[]): LoginPrompts {
  return {
    phone: async () => phoneNumber,
    code: async () => codes.shift() ?? assert.fail('asked for a code too often'),
    name: async () => ({ firstName: 'Ada', lastName: 'Lovelace' }),
    password: async () => assert.fail('asked for a password'),
  }
}

for (const pfs of [false, true]) {
  const how = pfs ? 'with temporary keys' : 'with a permanent key'

  test(`a new user signs up ${how}, corrects a wrong code and is still signed in after a restart`, async () => {
    const data = join(folder, `data-${pfs}`)
    const file = newFile()
    const port = await freePort()
    const server = await startServer({ data, port })
    const client = new TelegramClient(file, { server: server.info, pfs })
    const problems: (string | undefined)[] = []
    const prompts = answers('+9996621234', '11111', '22222')
    const user = await client.start({
      ...prompts,
      code: (question) => {
        problems.push(question.problem?.type)
        return prompts.code(question)
      },
    })
    assert.deepEqual(problems, [undefined, 'PHONE_CODE_INVALID'])
    assert.equal(user._ === 'user' && user.firstName, 'Ada')
    await client.close()
    await server.close()

    const again = await startServer({ data, port })
    const same = new TelegramClient(file, { server: again.info, pfs })
    const [me] = await same.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
    assert.equal(me?.id, user.id)
    assert.equal(same.userId, user.id)
    await same.close()
    await again.close()
  })

  test(`logging out ${how} leaves nothing to sign in with`, async () => {
    const server = await startServer({ store: 'memory' })
    const file = newFile()
    const client = new TelegramClient(file, { server: server.info, pfs })
    await client.start(answers('+9996631234', '33333'))
    const before = JSON.parse(await readFile(file, 'utf8'))
    assert.equal(Object.keys(before.dcs).length, 1)
    await logOut(client)
    const { dcs, userId } = JSON.parse(await readFile(file, 'utf8'))
    assert.deepEqual({ dcs, userId }, { dcs: {}, userId: null })
    await assert.rejects(client.updates.getState(), { code: 401, method: 'updates.getState' })
    await client.close()

    const text = JSON.stringify(before)
    const old = new TelegramClient(memorySession(`1${Buffer.from(text).toString('base64url')}`), {
      server: server.info,
      pfs,
    })
    await assert.rejects(old.updates.getState(), { code: 401 })
    await old.close()
    await server.close()
  })
}

test('the second login of a session asks nothing', async () => {
  const server = await startServer({ store: 'memory' })
  const first = new TelegramClient(memorySession(), { server: server.info })
  const user = await first.start(answers('+9996621235', '22222'))
  const text = await first.exportSession()
  await first.close()
  const second = new TelegramClient(memorySession(text), { server: server.info })
  const nobody = answers('')
  assert.equal((await second.start({ ...nobody, phone: async () => assert.fail('asked') })).id, user.id)
  await second.close()
  await server.close()
})

test('calls wait out a restart of the server', async () => {
  const data = join(folder, 'data-restart')
  const port = await freePort()
  const server = await startServer({ data, port })
  const client = new TelegramClient(memorySession(), { server: server.info })
  await client.help.getNearestDc()
  await server.close()
  const call = client.help.getNearestDc()
  const again = await startServer({ data, port })
  assert.equal((await call)._, 'nearestDc')
  await client.close()
  await again.close()
})

test('a session of one server is not sent to another', async () => {
  const file = newFile()
  const one = await startServer({ data: join(folder, 'data-one') })
  const client = new TelegramClient(file, { server: one.info })
  await client.connect()
  await client.close()
  const before = await readFile(file, 'utf8')
  const other = await startServer({ data: join(folder, 'data-other') })
  const stray = new TelegramClient(file, { server: other.info })
  await assert.rejects(stray.connect(), { name: 'SessionError', code: 'SESSION_OTHER_SERVER' })
  assert.equal(await readFile(file, 'utf8'), before)
  await stray.close()
  await other.close()
  await one.close()
})

test('a server that cannot prove its key is refused', async () => {
  const one = await startServer({ data: join(folder, 'data-key-one') })
  const other = await startServer({ data: join(folder, 'data-key-other') })
  const client = new TelegramClient(memorySession(), {
    server: { ...one.info, publicKeys: other.info.publicKeys },
  })
  await assert.rejects(client.connect(), { name: 'SecurityError' })
  await client.close()
  await other.close()
  await one.close()
})

test('two clients cannot open the same session', async () => {
  const server = await startServer({ store: 'memory' })
  const file = newFile()
  const first = new TelegramClient(file, { server: server.info })
  await first.connect()
  const second = new TelegramClient(file, { server: server.info })
  await assert.rejects(second.connect(), { code: 'SESSION_IN_USE' })
  await second.close()
  await first.close()
  await second.close()
  const third = new TelegramClient(file, { server: server.info })
  await third.connect()
  await third.close()
  await server.close()
})

test("the console's URL is all a client needs", async () => {
  const server = await startServer({ store: 'memory' })
  const client = new TelegramClient(memorySession(), { server: server.info.console })
  assert.equal((await client.help.getConfig()).thisDc, 2)
  await client.close()
  await server.close()
})

test('the error says what to do if no server answers, and the session is released', async () => {
  const server = await startServer({ store: 'memory' })
  await server.close()
  const file = newFile()
  for (const where of [server.info, server.info.console]) {
    const client = new TelegramClient(file, { server: where })
    await assert.rejects(client.connect(), { code: 'SERVER_UNREACHABLE', message: /npx cablegram serve/ })
    await assert.rejects(readFile(`${file}.lock`), { code: 'ENOENT' })
    await client.close()
  }
})

test('each of many simultaneous calls gets its own answer', async () => {
  const server = await startServer({ store: 'memory' })
  const client = new TelegramClient(memorySession(), { server: server.info })
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      index % 2 ? client.help.getNearestDc() : client.help.getConfig(),
    ),
  )
  for (const [index, answer] of answers.entries()) assert.equal(answer._, index % 2 ? 'nearestDc' : 'config')
  await client.close()
  await server.close()
})

test('unknown parameters of a method are not sent', async () => {
  const client = new TelegramClient(memorySession(), { server: 'http://127.0.0.1:1' })
  const settings = { _: 'codeSettings', logoutTokens: ['text'] }
  const call = Reflect.apply(client.auth.sendCode, undefined, [
    { phoneNumber: '+1', apiId: 1, apiHash: '', settings },
  ])
  await assert.rejects(call, { name: 'UsageError', message: /^auth\.sendCode\.settings\.logoutTokens\.0: / })
  await client.close()
})

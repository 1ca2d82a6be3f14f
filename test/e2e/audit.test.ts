/** The audit trail: what an operator sees of logins, and what stays hidden. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { memorySession, passwordProof, TelegramClient } from '@cablegram/client'
import { type CablegramServer, type ServerOptions, startServer } from '@cablegram/server'
import { sendCode, signUp, TEST_CODE, testPhone } from './logins.ts'

const open: { close(): Promise<void> | void }[] = []
after(async () => {
  for (const one of open.reverse()) await one.close()
})

async function start(options: ServerOptions = { store: 'memory' }): Promise<CablegramServer> {
  const server = await startServer({ testClock: true, ...options })
  open.push(server)
  return server
}

function connect(server: CablegramServer, session?: string): TelegramClient {
  const client = new TelegramClient(memorySession(session), { server: server.info, pfs: false })
  open.push(client)
  return client
}

const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length))
const actions = async (server: CablegramServer, phone: string) =>
  (await server.audit.list({ phone })).map(({ action, detail }) => (detail ? `${action} ${detail}` : action))

test('the trail shows a login step by step with its faults', async () => {
  const server = await start()
  const phone = testPhone(1)
  const client = connect(server)
  const sent = await sendCode(client, server.info, phone)
  await assert.rejects(client.auth.signIn({ ...sent, phoneCode: '00000' }))
  await assert.rejects(client.auth.signIn({ ...sent, phoneCode: '' }))
  await client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
  await client.auth.signUp({ ...sent, firstName: 'Ada', lastName: '' })
  await client.auth.logOut()
  assert.deepEqual(await actions(server, phone), [
    'codeSent sms',
    'wrongCode',
    'refused auth.signIn PHONE_CODE_EMPTY',
    'signedUp',
    'signedIn',
    'auth.logOut',
  ])
  const [first] = await server.audit.list({ phone })
  assert.deepEqual([first?.phone, first?.ip, first?.apiId], [phone, '127.0.0.1', server.info.apps[0]?.apiId])
})

test('an invalid number takes no space in the trail, however long it is', async () => {
  const server = await start()
  const client = connect(server)
  const [{ apiId, apiHash } = assert.fail('no app')] = server.info.apps
  const settings = { _: 'codeSettings' } as const
  const phoneNumber = '9'.repeat(900_000)
  const sent = client.auth.sendCode({ phoneNumber, apiId, apiHash, settings })
  await assert.rejects(sent, { message: /INPUT_REQUEST_TOO_LONG/ })
  const [refused] = await server.audit.list()
  assert.deepEqual([refused?.detail, refused?.phone], ['auth.sendCode INPUT_REQUEST_TOO_LONG', undefined])
})

test('the trail shows right and wrong passwords', async () => {
  const server = await start()
  const phone = testPhone(2)
  await server.users.create({ phone, firstName: 'Ada', password: 'correct horse' })
  const client = connect(server)
  const sent = await sendCode(client, server.info, phone)
  await assert.rejects(client.auth.signIn({ ...sent, phoneCode: TEST_CODE }))
  for (const password of ['wrong horse', 'correct horse']) {
    const proof = passwordProof(await client.account.getPassword(), password, random)
    await client.auth.checkPassword({ password: proof }).catch(() => undefined)
  }
  assert.deepEqual(await actions(server, phone), [
    'codeSent sms',
    'passwordAsked',
    'wrongPassword',
    'signedIn',
  ])
  const text = JSON.stringify(await server.audit.list({ limit: 1000 }))
  for (const secret of ['horse', TEST_CODE, sent.phoneCodeHash]) assert.equal(text.includes(secret), false)
})

test("the trail has pages and shows the operator's actions", async () => {
  const server = await start()
  const client = connect(server)
  for (let index = 10; index < 15; index++) await sendCode(client, server.info, testPhone(index))
  const all = await server.audit.list()
  assert.equal(all.length, 5)
  assert.deepEqual(await server.audit.list({ limit: 2 }), all.slice(3))
  assert.deepEqual(await server.audit.list({ afterId: all[1]?.id ?? 0, limit: 2 }), all.slice(2, 4))
  const url = `${server.info.console}/api/audit?phone=${encodeURIComponent(testPhone(12))}&limit=10`
  const answer = (await (await fetch(url)).json()) as { events: { phone: string }[] }
  assert.deepEqual(
    answer.events.map(({ phone }) => phone),
    [testPhone(12)],
  )
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ title: 'An app' })
  await fetch(`${server.info.console}/api/apps`, { method: 'POST', headers, body })
  assert.equal((await server.audit.list({ limit: 1 }))[0]?.detail, 'POST /api/apps')
})

test('the trail survives the server and is deleted after ninety days', async () => {
  const data = await mkdtemp(join(tmpdir(), 'cablegram-audit-'))
  open.unshift({ close: () => rm(data, { recursive: true, force: true }) })
  const phone = testPhone(3)
  const first = await start({ data })
  await signUp(connect(first), first.info, phone)
  await assert.rejects(sendCode(connect(first), first.info, '+1'))
  await first.close()
  const second = await start({ data })
  assert.deepEqual(await actions(second, phone), ['codeSent sms', 'signedUp', 'signedIn'])
  assert.equal((await second.audit.list()).at(-1)?.detail, 'auth.sendCode PHONE_NUMBER_INVALID')
  await second.clock.advance(90 * 86_400 + 1)
  const client = connect(second)
  for (let index = 0; index < 64; index++) {
    await sendCode(client, second.info, '+1').catch(() => undefined)
  }
  assert.deepEqual(await actions(second, phone), [])
})

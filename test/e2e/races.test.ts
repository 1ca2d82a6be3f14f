// Long form: 64 at once.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { passwordProof, type TelegramClient } from '@cablegram/client'
import { RpcError } from '@cablegram/mtproto'
import { type CablegramServer, startServer } from '@cablegram/server'
import { effort } from '../effort.ts'
import { createUser, listUsers, waitForCode } from './console.ts'
import { openClient, ownPhone, sendCode, TEST_CODE, testPhone } from './logins.ts'

const PARALLEL = effort(8, 64)
const CONNECTIONS = 8
const PASSWORD = 'correct horse'
const random = (length: number) => new Uint8Array(randomBytes(length))
let server: CablegramServer

before(async () => {
  server = await startServer({ store: 'memory' })
})

const opened: TelegramClient[] = []

after(async () => {
  await Promise.all(opened.map((client) => client.close()))
  await server.close()
})

/** Closed at the end, whatever the result of the test. */
function open(session?: string): TelegramClient {
  const client = openClient(server.info, session)
  opened.push(client)
  return client
}

function times<T>(count: number, make: (index: number) => Promise<T>): Promise<PromiseSettledResult<T>[]> {
  return Promise.allSettled(Array.from({ length: count }, (_, index) => make(index)))
}

/** Counts each refusal; a success counts as `ok`. */
function tally(results: PromiseSettledResult<unknown>[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const result of results) {
    if (result.status === 'rejected' && !(result.reason instanceof RpcError)) throw result.reason
    const key = result.status === 'fulfilled' ? 'ok' : `${result.reason.code} ${result.reason.message}`
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

/** All got the same answer, except how long the user counts as online, which runs from each answer. */
function assertAllSame(answers: readonly PromiseSettledResult<object>[]): void {
  const [first, ...others] = answers.map((answer) =>
    JSON.stringify(answer, (key, value) =>
      key === 'status' ? '' : typeof value === 'bigint' ? String(value) : value,
    ),
  )
  for (const other of others) assert.equal(other, first)
}

/** Several connections and sessions of one key. */
async function openTogether(count: number): Promise<[TelegramClient, ...TelegramClient[]]> {
  const first = open()
  const session = await first.exportSession()
  const others = Array.from({ length: count - 1 }, () => open(session))
  await Promise.all(others.map((client) => client.connect()))
  return [first, ...others]
}

test('simultaneous wrong guesses with one key are five guesses, over any number of connections', async () => {
  const clients = await openTogether(CONNECTIONS)
  const [client] = clients
  const phone = testPhone(1)
  await createUser(server.info.console, { phone, firstName: 'Ada' })
  const sent = await sendCode(client, server.info, phone)
  const guesses = await times(PARALLEL, (index) =>
    (clients[index % CONNECTIONS] ?? client).auth.signIn({ ...sent, phoneCode: String(30_000 + index) }),
  )
  assert.deepEqual(tally(guesses), { '400 PHONE_CODE_INVALID': 5, '400 PHONE_CODE_EXPIRED': PARALLEL - 5 })
  const late = await times(1, () => client.auth.signIn({ ...sent, phoneCode: TEST_CODE }))
  assert.deepEqual(tally(late), { '400 PHONE_CODE_EXPIRED': 1 })
})

test('simultaneous right answers with one key are one login, answered each time', async () => {
  const clients = await openTogether(CONNECTIONS)
  const [client] = clients
  const phone = testPhone(2)
  await createUser(server.info.console, { phone, firstName: 'Ada' })
  const sent = await sendCode(client, server.info, phone)
  const answers = await times(PARALLEL, (index) =>
    (clients[index % CONNECTIONS] ?? client).auth.signIn({ ...sent, phoneCode: TEST_CODE }),
  )
  assert.deepEqual(tally(answers), { ok: PARALLEL })
  assertAllSame(answers)
  const [user] = await listUsers(server.info.console, phone)
  assert.equal(user?.sessions.length, 1)
})

test('simultaneous sign-ups for one number create one account', async () => {
  const phone = testPhone(3)
  const clients = Array.from({ length: PARALLEL }, () => open())
  const verified = await Promise.all(
    clients.map(async (client) => {
      const sent = await sendCode(client, server.info, phone)
      const { _ } = await client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
      assert.equal(_, 'auth.authorizationSignUpRequired')
      return { client, sent }
    }),
  )
  const signUps = await Promise.allSettled(
    verified.map(({ client, sent }, index) =>
      client.auth.signUp({ ...sent, firstName: `Ada ${index}`, lastName: '' }),
    ),
  )
  assert.deepEqual(tally(signUps), { ok: 1, '400 PHONE_NUMBER_OCCUPIED': PARALLEL - 1 })
  const users = await listUsers(server.info.console, phone)
  assert.equal(users.length, 1)
  const winner = clients[signUps.findIndex(({ status }) => status === 'fulfilled')]
  assert.ok(winner)
  assert.equal(await ownPhone(winner), phone.slice(1))
  assert.equal(users[0]?.sessions.length, 1)
})

/** Keys that have given a right code and still owe the password, as many as asked for. */
async function pendingClients(phone: string, count: number): Promise<TelegramClient[]> {
  const clients = Array.from({ length: count }, () => open())
  for (const client of clients) {
    const sent = await sendCode(client, server.info, phone)
    const asked = client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
    await assert.rejects(asked, { message: 'SESSION_PASSWORD_NEEDED' })
  }
  return clients
}

/** A wrong answer that takes no time to make. */
async function wrongAnswer(client: TelegramClient) {
  const { srpId } = await client.account.getPassword()
  assert.ok(srpId)
  const A = new Uint8Array(256).fill(1)
  return { _: 'inputCheckPasswordSRP', srpId, A, M1: random(32) } as const
}

test('simultaneous wrong passwords from many keys are five guesses, and then even the right one waits', async () => {
  const phone = testPhone(4)
  await createUser(server.info.console, { phone, firstName: 'Ada', password: PASSWORD })
  const clients = await pendingClients(phone, PARALLEL)
  const answers = await Promise.all(clients.map(wrongAnswer))
  const guesses = await times(PARALLEL, async (index) => {
    const [client, password] = [clients[index], answers[index]]
    assert.ok(client && password)
    await client.auth.checkPassword({ password })
  })
  const counts = tally(guesses)
  const waits = Object.keys(counts).filter((key) => /^420 FLOOD_WAIT_(3600|359\d)$/.test(key))
  assert.equal(counts['400 PASSWORD_HASH_INVALID'], 5)
  assert.equal(
    waits.reduce((sum, key) => sum + (counts[key] ?? 0), 0),
    PARALLEL - 5,
  )
  const [client] = clients
  assert.ok(client)
  const password = passwordProof(await client.account.getPassword(), PASSWORD, random)
  await assert.rejects(client.auth.checkPassword({ password }), { code: 420 })
})

test('simultaneous right passwords with one key are one login, and one of the answers is checked', async () => {
  const phone = testPhone(5)
  await createUser(server.info.console, { phone, firstName: 'Ada', password: PASSWORD })
  const clients = await openTogether(CONNECTIONS)
  const [client] = clients
  const sent = await sendCode(client, server.info, phone)
  await assert.rejects(client.auth.signIn({ ...sent, phoneCode: TEST_CODE }), {
    message: 'SESSION_PASSWORD_NEEDED',
  })
  const wrong = await wrongAnswer(client)
  const guesses = await times(PARALLEL, (index) =>
    (clients[index % CONNECTIONS] ?? client).auth.checkPassword({ password: { ...wrong, M1: random(32) } }),
  )
  assert.deepEqual(tally(guesses), { '400 PASSWORD_HASH_INVALID': 1, '400 SRP_ID_INVALID': PARALLEL - 1 })

  const password = passwordProof(await client.account.getPassword(), PASSWORD, random)
  const answers = await times(PARALLEL, (index) =>
    (clients[index % CONNECTIONS] ?? client).auth.checkPassword({ password }),
  )
  assert.deepEqual(tally(answers), { ok: PARALLEL })
  assertAllSame(answers)
  const [user] = await listUsers(server.info.console, phone)
  assert.equal(user?.sessions.length, 1)
})

test('simultaneous guesses at a recovery code are five guesses', async () => {
  const phone = testPhone(6)
  const email = 'ada@example.org'
  await createUser(server.info.console, { phone, firstName: 'Ada', password: PASSWORD, email })
  const [client] = await pendingClients(phone, 1)
  assert.ok(client)
  await client.auth.requestPasswordRecovery()
  const { code } = await waitForCode(server.info.console, phone)
  const guesses = await times(PARALLEL, (index) =>
    client.auth.checkRecoveryPassword({
      code: String((Number(code) + 1 + index) % 1_000_000).padStart(6, '0'),
    }),
  )
  assert.deepEqual(tally(guesses), {
    '400 CODE_INVALID': 5,
    '400 PASSWORD_RECOVERY_EXPIRED': PARALLEL - 5,
  })
  const late = await times(1, () => client.auth.recoverPassword({ code }))
  assert.deepEqual(tally(late), { '400 PASSWORD_RECOVERY_EXPIRED': 1 })
})

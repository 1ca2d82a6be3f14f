import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TelegramClient } from '@cablegram/client'
import { RpcError } from '@cablegram/mtproto'
import { createUser, listUsers } from './console.ts'
import { openClient, ownPhone, sendCode, TEST_CODE, testPhone } from './logins.ts'
import { type ServeProcess, startServe } from './serve.ts'

const PARALLEL = 64
const CONNECTIONS = 8
let serve: ServeProcess

before(async () => {
  serve = await startServe(['--memory', '--port', '0', '--console-port', '0'])
})

after(() => serve.stop())

function times<T>(count: number, make: (index: number) => Promise<T>): Promise<PromiseSettledResult<T>[]> {
  return Promise.allSettled(Array.from({ length: count }, (_, index) => make(index)))
}

/** How often each refusal came; a success counts as `ok`. */
function tally(results: PromiseSettledResult<unknown>[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const result of results) {
    if (result.status === 'rejected' && !(result.reason instanceof RpcError)) throw result.reason
    const key = result.status === 'fulfilled' ? 'ok' : `${result.reason.code} ${result.reason.message}`
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

/** Several connections, and sessions, of one key. */
async function openTogether(count: number): Promise<[TelegramClient, ...TelegramClient[]]> {
  const first = openClient(serve.ready)
  const session = await first.exportSession()
  const others = Array.from({ length: count - 1 }, () => openClient(serve.ready, session))
  await Promise.all(others.map((client) => client.connect()))
  return [first, ...others]
}

test('64 wrong guesses at once with one key are five guesses, over however many connections', async () => {
  const clients = await openTogether(CONNECTIONS)
  const [client] = clients
  const phone = testPhone(1)
  await createUser(serve.ready.console, { phone, firstName: 'Ada' })
  const sent = await sendCode(client, serve.ready, phone)
  const guesses = await times(PARALLEL, (index) =>
    (clients[index % CONNECTIONS] ?? client).auth.signIn({ ...sent, phoneCode: String(30_000 + index) }),
  )
  assert.deepEqual(tally(guesses), { '400 PHONE_CODE_INVALID': 5, '400 PHONE_CODE_EXPIRED': PARALLEL - 5 })
  const late = await times(1, () => client.auth.signIn({ ...sent, phoneCode: TEST_CODE }))
  assert.deepEqual(tally(late), { '400 PHONE_CODE_EXPIRED': 1 })
  await Promise.all(clients.map((each) => each.close()))
})

test('64 right answers at once with one key are one log-in, told 64 times', async () => {
  const clients = await openTogether(CONNECTIONS)
  const [client] = clients
  const phone = testPhone(2)
  await createUser(serve.ready.console, { phone, firstName: 'Ada' })
  const sent = await sendCode(client, serve.ready, phone)
  const answers = await times(PARALLEL, (index) =>
    (clients[index % CONNECTIONS] ?? client).auth.signIn({ ...sent, phoneCode: TEST_CODE }),
  )
  assert.deepEqual(tally(answers), { ok: PARALLEL })
  const [first, ...others] = answers.map((answer) =>
    answer.status === 'fulfilled' ? answer.value : undefined,
  )
  for (const other of others) assert.deepEqual(other, first)
  const [user] = await listUsers(serve.ready.console, phone)
  assert.equal(user?.sessions.length, 1)
  await Promise.all(clients.map((each) => each.close()))
})

test('64 sign-ups at once for one number make one account', async () => {
  const phone = testPhone(3)
  const clients = Array.from({ length: PARALLEL }, () => openClient(serve.ready))
  const verified = await Promise.all(
    clients.map(async (client) => {
      const sent = await sendCode(client, serve.ready, phone)
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
  const users = await listUsers(serve.ready.console, phone)
  assert.equal(users.length, 1)
  const winner = clients[signUps.findIndex(({ status }) => status === 'fulfilled')]
  assert.ok(winner)
  assert.equal(await ownPhone(winner), phone.slice(1))
  assert.equal(users[0]?.sessions.length, 1)
  await Promise.all(clients.map((client) => client.close()))
})

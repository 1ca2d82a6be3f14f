// Long form: three kills.
import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TelegramClient } from '@cablegram/client'
import { ConnectionError, RpcError } from '@cablegram/mtproto'
import { effort } from '../effort.ts'
import { listUsers } from './console.ts'
import { openClient, ownPhone, type Sent, signUp, TEST_CODE, testPhone } from './logins.ts'
import { portsOf, type ServeProcess, startServe } from './serve.ts'

const SEEDS: readonly number[] = [7, 1234, 99].slice(0, effort(1, 3))
const LOGINS_PER_ROUND = 16
const AT_ONCE = 8

interface SignedIn {
  client: TelegramClient
  phone: string
  sent: Sent
}

let folder: string
let serve: ServeProcess | undefined
const clients: TelegramClient[] = []

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cablegram-kill-'))
})

after(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await serve?.stop('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

test('a server killed during many logins loses no acknowledged one and accepts no code twice', async (t) => {
  serve = await start()
  const signedIn: SignedIn[] = []
  let lastIndex = 0
  for (const seed of SEEDS) {
    const round: SignedIn[] = []
    const work = logInMany(serve, LOGINS_PER_ROUND, () => ++lastIndex, round)
    const killAfter = 1 + (seed % (LOGINS_PER_ROUND - AT_ONCE))
    while (round.length < killAfter) await Promise.race([sleep(2), work])
    await sleep(seed % 17)
    const told = round.length
    await serve.stop('SIGKILL')
    serve = await start(serve)
    await work
    t.diagnostic(`seed ${seed}: killed when ${told} of ${round.length} had been told that they are signed in`)
    signedIn.push(...round)
  }
  const { console } = serve.ready
  await Promise.all(
    signedIn.map(async ({ client, phone, sent }) => {
      await tryAgain(client, sent)
      assert.equal(await ownPhone(client), phone.slice(1))
      const [user] = await listUsers(console, phone)
      assert.equal(user?.sessions.length, 1, `${phone} has one session`)
    }),
  )
  await assertCodesAreSpent(serve, signedIn)
  await Promise.all(clients.map((client) => client.close()))
  assert.equal((await serve.stop('SIGTERM')).code, 0)
  await assertSound(join(folder, 'data'))
})

/** On the same data and, after the first time, the same ports, so that clients reconnect by themselves. */
async function start(before?: ServeProcess): Promise<ServeProcess> {
  return startServe(['--data', join(folder, 'data'), ...(await portsOf(before))])
}

/**
 * Signs up `count` new numbers, some at once; each lands in `done` once the server has confirmed its login.
 */
async function logInMany(
  serve: ServeProcess,
  count: number,
  nextIndex: () => number,
  done: SignedIn[],
): Promise<void> {
  let left = count
  const worker = async () => {
    while (left-- > 0) {
      const phone = testPhone(nextIndex())
      done.push(await untilServed(() => logIn(serve, phone)))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

async function logIn(serve: ServeProcess, phone: string): Promise<SignedIn> {
  const client = openClient(serve.ready)
  clients.push(client)
  return { client, phone, sent: await signUp(client, serve.ready, phone) }
}

/** Errors of a new client: nobody listens, or its first connection ended and the server took long to start. */
const AWAY: readonly string[] = ['SERVER_UNREACHABLE', 'CONNECT_TIMEOUT']

/** A client that was connected before waits for the server to return; a new one reports that none answers. */
async function untilServed<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof ConnectionError && AWAY.includes(error.code))) throw error
      await sleep(50)
    }
  }
}

/** Whatever the answer, a repeat must not sign in once more. */
async function tryAgain(client: TelegramClient, sent: Sent): Promise<void> {
  try {
    await client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
  } catch (error) {
    if (!(error instanceof RpcError)) throw error
  }
}

/** A code that has signed somebody in is worthless to anybody else. */
async function assertCodesAreSpent(serve: ServeProcess, signedIn: SignedIn[]): Promise<void> {
  const other = openClient(serve.ready)
  for (const { sent } of signedIn) {
    await assert.rejects(
      other.auth.signIn({ ...sent, phoneCode: TEST_CODE }),
      (error) => error instanceof RpcError && error.type === 'PHONE_CODE_EXPIRED',
    )
  }
  await other.close()
}

async function assertSound(data: string): Promise<void> {
  const databases = (await readdir(data)).filter((name) => /\.(db|sqlite3?)$/.test(name))
  assert.equal(databases.length, 1)
  const database = new DatabaseSync(join(data, databases[0] ?? ''))
  assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
  database.close()
}

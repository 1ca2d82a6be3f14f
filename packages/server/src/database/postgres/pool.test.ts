import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Connection } from './connection.ts'
import { createPool, type PoolLimits } from './pool.ts'

const LIMITS: PoolLimits = { maxConnections: 4, maxWaiting: 100, waitMs: 5_000 }

/** An attempt to connect, which the test lets succeed or fail. */
interface Attempt {
  succeed(): Promise<{ readonly lose: () => void }>
  fail(): Promise<void>
}

/** Lets everything that is ready to run do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function setUp(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const attempts: Attempt[] = []
  const troubles: (string | undefined)[] = []
  const pool = createPool(LIMITS, {
    chance: () => 1,
    onTrouble: (trouble) => troubles.push(trouble?.code),
    connect: (onLost) =>
      new Promise((resolve, reject) => {
        attempts.push({
          async succeed() {
            const { connection, lose } = fakeConnection(onLost)
            resolve(connection)
            await settle()
            return { lose }
          },
          async fail() {
            reject(new Error('refused'))
            await settle()
          },
        })
      }),
  })
  t.after(() => pool.close())
  return {
    pool,
    attempts,
    troubles,
    attempt: (at: number) => attempts[at] ?? assert.fail(`no attempt ${at}`),
  }
}

function fakeConnection(onLost: () => void) {
  let isLost = false
  const lose = (): void => {
    isLost = true
    onLost()
  }
  const connection: Connection = {
    pid: 1,
    id: 'a',
    get isLost() {
      return isLost
    },
    ask: () => Promise.reject(new Error('nothing is asked here')),
    destroy: lose,
    end: async () => {},
  }
  return { connection, lose }
}

/** The outcome of a call. */
function outcomeOf(taken: Promise<Connection>): { code?: string } {
  const outcome: { code?: string } = {}
  taken.then(
    () => Object.assign(outcome, { code: 'taken' }),
    (error: { code: string }) => Object.assign(outcome, { code: error.code }),
  )
  return outcome
}

test('an attempt that fails after a later one has succeeded says nothing of the server', async (t) => {
  const { pool, attempt, troubles } = setUp(t)
  const first = outcomeOf(pool.take())
  outcomeOf(pool.take())
  const { lose } = await attempt(1).succeed()
  assert.equal(first.code, 'taken')
  // The server works. One connection ends, and the next decision comes before the first attempt is given up.
  lose()
  const third = outcomeOf(pool.take())
  await attempt(0).fail()
  assert.deepEqual(troubles, [])
  for (const at of [2, 3]) await attempt(at).succeed()
  assert.equal(third.code, 'taken')
})

test('attempts that fail together are followed by one, not by as many', async (t) => {
  const { pool, attempts, attempt, troubles } = setUp(t)
  const calls = Array.from({ length: 4 }, () => outcomeOf(pool.take()))
  assert.equal(attempts.length, 4)
  for (let at = 0; at < 4; at += 1) await attempt(at).fail()
  assert.ok(calls.every(({ code }) => code === 'STORE_UNREACHABLE'))
  t.mock.timers.tick(100)
  assert.equal(attempts.length, 5)
  await attempt(4).fail()
  t.mock.timers.tick(199)
  assert.equal(attempts.length, 5, 'the pause was doubled once')
  t.mock.timers.tick(1)
  assert.equal(attempts.length, 6)
  await attempt(5).succeed()
  assert.deepEqual(troubles, ['STORE_UNREACHABLE', undefined])
  t.mock.timers.tick(60_000)
  assert.equal(attempts.length, 6, 'nobody waits')
})

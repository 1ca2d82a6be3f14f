/** The PostgreSQL driver against a real server, with a proxy between that cuts, swallows and delays. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Nudge } from '../../packages/server/src/bus/nudge.ts'
import { alone, type Decision, nudge, sql } from '../../packages/server/src/database/decision.ts'
import type { StoreError } from '../../packages/server/src/database/errors.ts'
import { openPostgresStore, type PostgresOptions } from '../../packages/server/src/database/postgres/index.ts'
import type { Store } from '../../packages/server/src/database/store.ts'
import { startPostgres, startProxy } from './index.ts'

const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length))
const folder = await mkdtemp(join(tmpdir(), 'cablegram-driver-'))
const secretFile = join(folder, 'secret.key')
const postgres = await startPostgres({ settings: { deadlock_timeout: '20ms' } })
const proxy = await startProxy(postgres)
const stores: Store[] = []
after(async () => {
  await Promise.all(stores.map((store) => store.close()))
  await proxy.close()
  await postgres.close()
  await rm(folder, { recursive: true })
})

const put = sql`INSERT INTO network_rules (network, dc) VALUES (:network, :dc)`
const find = sql`SELECT dc FROM network_rules WHERE network = :network`
const list = sql`SELECT network, dc FROM network_rules ORDER BY network`
const add = sql`UPDATE network_rules SET dc = dc + 1 WHERE network = :network`
const setTo = sql`UPDATE network_rules SET dc = :dc WHERE network = :network`
const keep = sql`INSERT INTO web_tokens (digest, user_id, expires_at_ms) VALUES (:digest, :userId, :expiresAtMs)`
const user = sql`INSERT INTO users (access_hash, phone, first_name, last_name, created_at_s)
  VALUES (:accessHash, :phone, :name, '', 1) RETURNING id, first_name`
const named = sql`SELECT first_name FROM users WHERE id = :userId`
const token = sql`SELECT digest, expires_at_ms FROM web_tokens WHERE user_id = :userId`

async function open(choices: Partial<PostgresOptions> & { database?: string } = {}): Promise<Store> {
  const { database = await postgres.createDatabase(), ...options } = choices
  const url = postgres.url(database, proxy.port)
  const store = await openPostgresStore({ url, secretFile, random, nowMs: Date.now, ...options })
  stores.push(store)
  return store
}

function* increment(network: string): Decision<number> {
  yield* alone('network', network)
  const row = yield* find.row({ network })
  const dc = Number(row?.['dc'] ?? 0n)
  if (row === undefined) yield* put.send({ network, dc: 1 })
  else yield* setTo.send({ network, dc: dc + 1 })
  yield* nudge({ kind: 'inbox', seq: dc + 1 })
  return dc + 1
}

for (const locks of ['advisory', 'turns'] as const) {
  test(`64 decisions about one subject come one after the other, with ${locks}`, async () => {
    const store = await open({ locks })
    const other = await open({ locks, database: await lastDatabase() })
    const run = (index: number) => (index % 2 === 0 ? store : other).decide(() => increment('a'))
    const numbers = await Promise.all(Array.from({ length: 64 }, (_, index) => run(index)))
    assert.deepEqual(
      numbers.toSorted((a, b) => a - b),
      Array.from({ length: 64 }, (_, index) => index + 1),
    )
  })
}

async function lastDatabase(): Promise<string> {
  const rows = await postgres.query(
    "SELECT datname FROM pg_database WHERE datname LIKE 'test_%' ORDER BY oid DESC LIMIT 1",
  )
  return String(rows[0]?.['datname'])
}

test('rows hold what SQLite would give', async () => {
  const store = await open()
  const made = await store.decide(() => user.row({ accessHash: -(2n ** 63n), phone: '1', name: 'a\0b' }))
  assert.deepEqual({ ...made }, { id: 1_000_001n, first_name: 'a\uFFFDb' })
  await store.decide(() =>
    keep.run({ digest: new Uint8Array([0, 255]), userId: 1_000_001, expiresAtMs: 2 ** 45 }),
  )
  const row = await store.look(() => token.row({ userId: 1_000_001 }))
  assert.deepEqual({ ...row }, { digest: new Uint8Array([0, 255]), expires_at_ms: 2n ** 45n })
  assert.equal(await store.decide(() => add.run({ network: 'none' })), 0)
  assert.equal(await store.look(() => find.row({ network: 'none' })), undefined)
})

test('a decision that fails leaves no row and no nudge; the failure of a step that nobody waits for is told', async () => {
  const nudges: Nudge[] = []
  const store = await open({ onNudges: (news) => nudges.push(...news) })
  function* fail(): Decision<void> {
    yield* increment('a')
    throw new RangeError('a bug')
  }
  await assert.rejects(store.decide(fail), { code: 'STORE_FAILED' })
  function* failLate(): Decision<number> {
    yield* keep.send({ digest: new Uint8Array(1), userId: 5, expiresAtMs: 1 })
    return yield* increment('a')
  }
  await assert.rejects(store.decide(failLate), ({ code, cause }: StoreError) => {
    assert.match(String(cause), /web_tokens_user_id_fkey/)
    return code === 'STORE_FAILED'
  })
  assert.deepEqual(await store.look(() => list.rows()), [])
  assert.deepEqual(nudges, [])
  assert.equal(await store.decide(() => increment('a')), 1)
  assert.deepEqual(nudges, [{ kind: 'inbox', seq: 1 }])
})

test('decisions that meet are run again: unique rows and deadlocks', async () => {
  const store = await open()
  function* findOrPut(): Decision<string> {
    const row = yield* find.row({ network: 'u' })
    if (row !== undefined) return 'found'
    yield* put.run({ network: 'u', dc: 1 })
    return 'put'
  }
  const outcomes = await Promise.all(Array.from({ length: 32 }, () => store.decide(findOrPut)))
  assert.equal(outcomes.filter((outcome) => outcome === 'put').length, 1)
  for (const network of ['x', 'y']) await store.decide(() => put.run({ network, dc: 0 }))
  function* addBoth(first: string, second: string): Decision<void> {
    yield* add.run({ network: first })
    yield* find.row({ network: first })
    yield* add.run({ network: second })
  }
  await Promise.all(
    Array.from({ length: 16 }, (_, index) =>
      store.decide(() => (index % 2 === 0 ? addBoth('x', 'y') : addBoth('y', 'x'))),
    ),
  )
  assert.deepEqual({ ...(await store.look(() => find.row({ network: 'x' }))) }, { dc: 16n })
})

test('a decision whose row was deleted before it could refer to it is run again', async () => {
  const database = await postgres.createDatabase()
  const store = await open({ database })
  const made = await store.decide(() => user.row({ accessHash: 1, phone: '1', name: 'a' }))
  const userId = Number(made?.['id'])
  function* keepIfThere(): Decision<string> {
    if ((yield* named.row({ userId })) === undefined) return 'gone'
    yield* waitForLock.row()
    yield* keep.run({ digest: new Uint8Array(1), userId, expiresAtMs: 1 })
    return 'kept'
  }
  const outcome = await whileItWaits(
    database,
    () => store.decide(keepIfThere),
    async () => {
      await postgres.query('DELETE FROM users', database)
    },
  )
  assert.equal(outcome, 'gone')
})

test('a look is one snapshot and takes no writes', async () => {
  const database = await postgres.createDatabase()
  const store = await open({ database })
  await store.decide(() => increment('a'))
  function* twice(): Decision<unknown[]> {
    const before = yield* find.row({ network: 'a' })
    yield* waitForLock.row()
    const after = yield* find.row({ network: 'a' })
    return [before?.['dc'], after?.['dc']]
  }
  const looked = await whileItWaits(
    database,
    () => store.look(twice),
    async () => {
      await store.decide(() => increment('a'))
    },
  )
  assert.deepEqual(looked, [1n, 1n])
  await assert.rejects(
    store.look(() => add.run({ network: 'a' })),
    { code: 'STORE_FAILED' },
  )
})
const waitForLock = sql`SELECT 1 AS one FROM pg_advisory_xact_lock(7)`

/** Does something while a decision waits for the lock of {@link waitForLock}. @returns the outcome of the decision */
async function whileItWaits<T>(
  database: string,
  decide: () => Promise<T>,
  act: () => Promise<void>,
): Promise<T> {
  const holder = await postgres.connect(database)
  await holder.query('SELECT pg_advisory_lock(7)')
  const decided = decide()
  const waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'advisory'"
  while ((await postgres.query(waiting)).length < 1);
  await act()
  await holder.end()
  return await decided
}

test('a look of one statement takes no transaction, one of several always has one', async (t) => {
  const store = await open()
  await store.decide(() => increment('a'))
  const sent: string[] = []
  proxy.watch(({ direction, chunk }) => {
    if (direction === 'up') sent.push(String(chunk))
    return 'pass'
  })
  t.after(() => proxy.restore())
  const transactions = (): number => sent.splice(0).join('').split('BEGIN ISOLATION').length - 1
  await store.look(() => find.row({ network: 'a' }))
  await store.look(() => find.row({ network: 'a' }))
  assert.equal(transactions(), 0)
  function* both(): Decision<unknown> {
    return [yield* list.rows(), yield* find.row({ network: 'a' })]
  }
  await store.look(both)
  await store.look(both)
  assert.equal(transactions(), 2)
})

for (const [title, verdict] of [
  ['before the server has it', 'cut'],
  ['after the server has it', 'passThenCut'],
] as const) {
  test(`a decision whose connection is cut at COMMIT, ${title}, is done once and told as done`, async () => {
    const nudges: Nudge[] = []
    const store = await open({ onNudges: (news) => nudges.push(...news) })
    await store.decide(() => increment('a'))
    let cuts = 0
    proxy.watch(({ direction, chunk }) => {
      if (direction === 'down' || cuts > 0 || !chunk.includes('COMMIT')) return 'pass'
      cuts += 1
      return verdict
    })
    assert.equal(await store.decide(() => increment('a')), 2)
    proxy.restore()
    assert.equal(cuts, 1)
    assert.equal(await store.decide(() => increment('a')), 3)
    assert.deepEqual(
      nudges.map((news) => news.kind === 'inbox' && news.seq),
      [1, 2, 3],
    )
  })
}

test('connections that the server has closed are replaced without a failure', async () => {
  const store = await open()
  await Promise.all(Array.from({ length: 8 }, (_, index) => store.decide(() => increment(`n${index}`))))
  await postgres.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL',
  )
  assert.equal(await store.trouble(), undefined)
  assert.equal(await store.decide(() => increment('n0')), 2)
})

test('a database that takes no writes is still read, on connections that are new', async () => {
  const database = await postgres.createDatabase()
  const store = await open({ database })
  await store.decide(() => increment('a'))
  const setReadOnly = async (state: 'on' | 'off'): Promise<void> => {
    await postgres.query(`ALTER DATABASE ${database} SET default_transaction_read_only = ${state}`)
    await postgres.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}'`,
    )
  }
  await setReadOnly('on')
  assert.deepEqual({ ...(await store.look(() => find.row({ network: 'a' }))) }, { dc: 1n })
  await assert.rejects(
    store.decide(() => increment('a')),
    { code: 'STORE_READ_ONLY' },
  )
  assert.equal((await store.trouble())?.code, 'STORE_READ_ONLY')
  await setReadOnly('off')
  assert.equal(await store.trouble(), undefined)
  assert.equal(await store.decide(() => increment('a')), 2)
})

test('a decision whose connection the server ends, because the node was held up, runs again', async () => {
  const store = await open({ limits: { answerTimeoutMs: 500 } })
  let runs = 0
  function* heldUp(): Decision<number> {
    runs += 1
    yield* find.row({ network: 'a' })
    if (runs === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000)
    return yield* increment('a')
  }
  assert.equal(await store.decide(heldUp), 1)
  // More than twice if something else holds this process up.
  assert.ok(runs >= 2)
})

test('a wait for a lock that takes too long is told as such', async () => {
  const database = await postgres.createDatabase()
  const store = await open({ limits: { lockTimeoutMs: 50 }, database })
  await store.decide(() => put.run({ network: 'a', dc: 1 }))
  const other = await postgres.connect(database)
  try {
    await other.query("BEGIN; UPDATE network_rules SET dc = 2 WHERE network = 'a'")
    await assert.rejects(
      store.decide(() => add.run({ network: 'a' })),
      { code: 'STORE_LATE' },
    )
  } finally {
    await other.end()
  }
})

test('while PostgreSQL is stopped decisions are refused at once, and afterwards they are not', async () => {
  const troubles: unknown[] = []
  const store = await open({ onTrouble: (trouble) => troubles.push(trouble?.code) })
  await store.decide(() => increment('a'))
  await postgres.stop('fast')
  await assert.rejects(
    store.decide(() => increment('a')),
    { code: 'STORE_UNREACHABLE' },
  )
  let refused = 0
  for (let call = 0; call < 100; call += 1) {
    store
      .decide(() => increment('a'))
      .catch(() => {
        refused += 1
      })
  }
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(refused, 100, 'in the same turn of the event loop')
  assert.equal((await store.trouble())?.code, 'STORE_UNREACHABLE')
  await postgres.start()
  while ((await store.trouble()) !== undefined) await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(await store.decide(() => increment('a')), 2)
  assert.deepEqual(troubles, ['STORE_UNREACHABLE', undefined])
})

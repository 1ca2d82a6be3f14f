/**
 * Measures logins and lookups beside 0 to a million accounts, on SQLite and on PostgreSQL, and prints the statements of
 * PostgreSQL that take longer beside a million than beside none.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { DatabaseSync } from 'node:sqlite'
import { findUserByPhone, listSessions } from '../packages/server/src/rules/accounts/decide-users.ts'
import { startPostgres } from '../test/engines/index.ts'
import { median } from './measure.ts'
import { timeOfPrograms } from './process-time.ts'
import { openStoreOf, startWhole } from './whole.ts'

const LEVELS = (process.env['ACCOUNTS'] ?? '0,10000,100000,1000000').split(',').map(Number)
const LOGINS = 2000
const WARM_UP = 200
const LOOKUPS = 2000
const FIRST_ID = 1
const phoneOfAccount = (index: number): string => `49170${String(index).padStart(8, '0')}`

/** Fills a range of accounts: each has a key, a login, two known origins, a box and an entry in the audit trail. */
function fillSql(from: number, to: number, zeros: string): readonly string[] {
  const nowS = Math.floor(Date.now() / 1000)
  const numbers = `WITH RECURSIVE numbers (n) AS (SELECT CAST(${from} AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${to})`
  const id = `${FIRST_ID} + n`
  // Ids of keys and logins are spread as random ones are.
  const spreadId = '(n * 7919317 + 104729) * 1000003'
  return [
    `INSERT INTO users (id, access_hash, phone, first_name, last_name, created_at_s, home_dc) ${numbers}
     SELECT ${id}, ${spreadId}, '49170' || substr('00000000' || n, length('00000000' || n) - 7), 'Ada', 'Lovelace', ${nowS}, 2 FROM numbers`,
    `INSERT INTO auth_keys (auth_key_id, sealed_key, dc_id, first_salt, created_at_s, has_signed_in, used_at_s) ${numbers}
     SELECT ${spreadId}, ${zeros}, 2, 1, ${nowS}, 1, ${nowS} FROM numbers`,
    `INSERT INTO authorizations (auth_key_id, user_id, hash, api_id, ip, created_at_s, active_at_s) ${numbers}
     SELECT ${spreadId}, ${id}, ${spreadId} + 1, 10001, '192.0.2.1', ${nowS}, ${nowS} FROM numbers`,
    ...['key ', 'ip '].map(
      (kind) =>
        `INSERT INTO known_logins (user_id, origin, at_s) ${numbers} SELECT ${id}, '${kind}' || n, ${nowS} FROM numbers`,
    ),
    `INSERT INTO boxes (box_id) ${numbers} SELECT ${id} FROM numbers`,
    `INSERT INTO audit (at_ms, action, phone, user_id, ip, api_id) ${numbers}
     SELECT ${nowS}000, 'signedIn', '49170' || n, ${id}, '192.0.2.1', 10001 FROM numbers`,
  ]
}

interface Engine {
  readonly name: string
  readonly folder: string
  readonly url: string | undefined
  fill(from: number, to: number): Promise<void>
}

/** Cost of a login and of a lookup beside so many accounts. */
async function measure({ name, folder, url }: Engine, accounts: number, first: number): Promise<void> {
  const whole = await startWhole({ nodes: 1, people: LOGINS + WARM_UP, postgres: url, folder, first })
  await whole.logIn(WARM_UP)
  const before = [await whole.cpuUs(), timeOfPrograms('postgres')] as const
  const tookS = await whole.logIn(LOGINS)
  const after = [await whole.cpuUs(), timeOfPrograms('postgres')] as const
  await whole.close()
  const [node, engine] = [(after[0] - before[0]) / LOGINS / 1000, (after[1] - before[1]) / LOGINS / 1000]
  const engineText = url === undefined ? '' : ` and ${engine.toFixed(2)} ms in PostgreSQL`
  console.log(
    `${name} beside ${accounts} accounts: cablegram ${node.toFixed(2)} ms of a node${engineText} for a login; ${(LOGINS / tookS).toFixed(0)} a second; a lookup ${await lookUp(folder, url, accounts)}`,
  )
}

/** Looks at random accounts, by number, and at their logins; the median of one by the clock. */
async function lookUp(folder: string, url: string | undefined, accounts: number): Promise<string> {
  const store = await openStoreOf(folder, url)
  const times: number[] = []
  for (let lookup = 0; lookup < LOOKUPS; lookup++) {
    const index = Math.floor(Math.random() * Math.max(accounts, 1))
    const startedMs = performance.now()
    await store.look(() => findUserByPhone(phoneOfAccount(index)))
    await store.look(() => listSessions(BigInt(FIRST_ID + index)))
    times.push((performance.now() - startedMs) / 2)
  }
  await store.close()
  return `${(median(times) * 1000).toFixed(0)} µs`
}

async function climb(engine: Engine, onLevel: (accounts: number) => Promise<void>): Promise<void> {
  let filled = 0
  for (const [at, accounts] of LEVELS.entries()) {
    await engine.fill(filled, accounts)
    filled = accounts
    await measure(engine, accounts, at * (LOGINS + WARM_UP))
    await onLevel(accounts)
  }
}

function newFolder(): string {
  return mkdtempSync(`${tmpdir()}/cablegram-accounts-`)
}

async function onSqlite(): Promise<void> {
  const folder = newFolder()
  await (await openStoreOf(folder)).close()
  const fill = async (from: number, to: number): Promise<void> => {
    if (from === to) return
    const db = new DatabaseSync(`${folder}/cablegram.db`)
    db.exec('PRAGMA synchronous = OFF')
    for (const text of fillSql(from, to, 'zeroblob(300)')) db.exec(text)
    db.close()
    // Otherwise the commits of the first logins wait for the disk to take a gigabyte.
    execFileSync('sync')
  }
  await climb({ name: 'SQLite', folder, url: undefined, fill }, async () => {})
  rmSync(folder, { recursive: true, force: true })
}

async function onPostgres(): Promise<void> {
  const postgres = await startPostgres({
    fsync: true,
    settings: {
      shared_buffers: '512MB',
      max_wal_size: '4GB',
      shared_preload_libraries: 'pg_stat_statements',
    },
  })
  const folder = newFolder()
  try {
    const database = await postgres.createDatabase()
    const url = postgres.url(database)
    await (await openStoreOf(folder, url)).close()
    await postgres.query('CREATE EXTENSION pg_stat_statements', database)
    const fill = async (from: number, to: number): Promise<void> => {
      if (from < to)
        for (const text of fillSql(from, to, "decode(repeat('00', 300), 'hex')"))
          await postgres.query(text, database)
      await postgres.query('VACUUM ANALYZE', database)
      await postgres.query('SELECT pg_stat_statements_reset()', database)
    }
    const means = new Map<number, ReadonlyMap<string, number>>()
    await climb({ name: 'PostgreSQL', folder, url, fill }, async (accounts) => {
      const rows = await postgres.query(
        `SELECT query, mean_exec_time AS ms, shared_blks_hit + shared_blks_read AS blocks, calls FROM pg_stat_statements
         WHERE calls >= ${LOGINS / 2} ORDER BY total_exec_time DESC`,
        database,
      )
      means.set(
        accounts,
        new Map(rows.map(({ query, ms }) => [String(query).replace(/\s+/g, ' '), Number(ms)])),
      )
    })
    printSlower(means.get(LEVELS[0] ?? 0), means.get(LEVELS.at(-1) ?? 0))
  } finally {
    await postgres.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function printSlower(few?: ReadonlyMap<string, number>, many?: ReadonlyMap<string, number>): void {
  for (const [query, ms] of many ?? []) {
    const before = few?.get(query) ?? ms
    console.log(
      `${(ms * 1000).toFixed(0).padStart(7)} µs, ${(before * 1000).toFixed(0)} µs beside few: ${query.slice(0, 100)}`,
    )
  }
}

const engine = process.env['ENGINE']
if (engine !== 'postgres') await onSqlite()
if (engine !== 'sqlite') await onPostgres()

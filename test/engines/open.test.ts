/** Start on a PostgreSQL database: the tables, the secret, other nodes, and each refusal's sentence. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import pg from 'pg'
import { sql } from '../../packages/server/src/database/decision.ts'
import { openConnection } from '../../packages/server/src/database/postgres/connection.ts'
import { openPostgresStore, type PostgresOptions } from '../../packages/server/src/database/postgres/index.ts'
import { enrollQuery, traceQuery, wasCommitted } from '../../packages/server/src/database/postgres/trace.ts'
import { BASELINE_VERSION, MIGRATIONS_AFTER_BASELINE } from '../../packages/server/src/database/schema.ts'
import { startPostgres, startProxy } from './index.ts'

const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length))
const folder = await mkdtemp(join(tmpdir(), 'cablegram-open-'))
const secretFile = join(folder, 'secret.key')
const postgres = await startPostgres()
after(async () => {
  await postgres.close()
  await rm(folder, { recursive: true })
})

async function open(url: string, options: Partial<PostgresOptions> = {}) {
  return await openPostgresStore({ url, secretFile, random, nowMs: Date.now, ...options })
}

function refused(code: string, message: RegExp) {
  return (error: Error & { code?: string }) => {
    assert.equal(error.code, code, error.message)
    assert.match(error.message, message)
    assert.doesNotMatch(error.message, new RegExp(postgres.password), 'the password stays out of messages')
    return true
  }
}

test('of nodes that start on an empty database at the same time, one makes the tables', async () => {
  for (const locks of ['advisory', 'turns'] as const) {
    const url = postgres.url(await postgres.createDatabase())
    const stores = await Promise.all(Array.from({ length: 8 }, () => open(url, { locks })))
    await Promise.all(stores.map((store) => store.close()))
  }
})

test('a database under another secret is refused, and so is one whose secret is missing', async () => {
  const url = postgres.url(await postgres.createDatabase())
  await (await open(url)).close()
  const other = join(folder, 'other.key')
  await assert.rejects(open(url, { secretFile: other }), refused('SECRET_MISSING', /copy it from the node/))
  await (await open(postgres.url(await postgres.createDatabase()), { secretFile: other })).close()
  await assert.rejects(
    open(url, { secretFile: other }),
    refused('SECRET_WRONG', /all nodes .* the same file/),
  )
})

const addColumn = 'ALTER TABLE network_rules ADD COLUMN note TEXT; CREATE INDEX by_dc ON network_rules (dc);'
const list = sql`SELECT * FROM network_rules`

test('a migration is made once, running nodes go on, and a database of a newer version is left alone', async () => {
  const url = postgres.url(await postgres.createDatabase())
  const old = await open(url)
  await old.look(() => list.rows())
  const migrations = [...MIGRATIONS_AFTER_BASELINE, addColumn]
  const [theirs, ours] = [BASELINE_VERSION + migrations.length, BASELINE_VERSION + migrations.length - 1]
  const stores = await Promise.all(Array.from({ length: 4 }, () => open(url, { migrations })))
  assert.deepEqual(await old.look(() => list.rows()), [], 'a statement that was prepared before')
  await assert.rejects(
    open(url),
    refused(
      'POSTGRES_NEWER',
      new RegExp(`newer version .*schema ${theirs}, this one knows ${ours}.*nothing`),
    ),
  )
  await Promise.all([old, ...stores].map((store) => store.close()))
})

test('each address that cannot be used is refused with the next step', async () => {
  const name = await postgres.createDatabase()
  const url = postgres.url(name)
  await assert.rejects(
    open('redis://127.0.0.1'),
    refused('POSTGRES_URL_INVALID', /postgres:\/\/USER:PASSWORD/),
  )
  const unencoded = url.replace(postgres.password, 'p/w')
  await assert.rejects(open(unencoded), refused('POSTGRES_URL_INVALID', /as %2F %23/))
  await assert.rejects(open('postgres://127.0.0.1'), refused('POSTGRES_URL_INVALID', /names no database/))
  await assert.rejects(open(postgres.url(name, 1)), refused('POSTGRES_UNREACHABLE', /check that it runs/))
  const wrongPassword = url.replace(postgres.password, 'x')
  await assert.rejects(open(wrongPassword), refused('POSTGRES_REFUSED', /check the user and the password/))
  const noPassword = url.replace(`:${postgres.password}`, '')
  await assert.rejects(open(noPassword), refused('POSTGRES_REFUSED', /asks for a password: give it/))
  await assert.rejects(open(`${url}?sslmode=verify-full`), refused('POSTGRES_TLS', /turn on ssl .* or leave/))
  await postgres.query("CREATE ROLE last LOGIN PASSWORD 'last' CONNECTION LIMIT 0")
  const full = `postgres://last:last@127.0.0.1:${postgres.port}/${name}`
  await assert.rejects(open(full), refused('POSTGRES_FULL', /raise its max_connections/))
  await assert.rejects(open(postgres.url('none')), refused('POSTGRES_DATABASE_MISSING', /createdb/))
  await postgres.query("CREATE ROLE guest LOGIN PASSWORD 'guest'")
  const guest = `postgres://guest:guest@127.0.0.1:${postgres.port}/${name}`
  await assert.rejects(open(guest), refused('POSTGRES_RIGHTS_MISSING', /the owner of the database/))
  await postgres.query('CREATE TABLE shopping (item TEXT)', name)
  await assert.rejects(open(url), refused('POSTGRES_OF_OTHERS', /an empty one/))
})

test('a COMMIT that arrives after the question for its outcome fails', async () => {
  const url = postgres.url(await postgres.createDatabase())
  await (await open(url)).close()
  const times = {
    connectTimeoutMs: 1000,
    statementTimeoutMs: 9000,
    lockTimeoutMs: 9000,
    answerTimeoutMs: 9000,
  }
  const [old, other] = await Promise.all(
    ['old', 'other'].map((id) => openConnection(pg, { url, ...times }, id, () => {})),
  )
  assert.ok(old && other)
  await old.ask(enrollQuery(old, 1))
  const trace = { connectionId: old.id, number: 1n }
  await old.ask({ text: 'BEGIN' })
  await old.ask({ text: "INSERT INTO network_rules (network, dc) VALUES ('a', 1)" })
  assert.equal(await wasCommitted(other, trace), false)
  await assert.rejects(old.ask(traceQuery(trace)), /null value in column "n"/)
  assert.equal((await old.ask({ text: 'COMMIT' })).command, 'ROLLBACK')
  assert.deepEqual((await other.ask({ text: 'SELECT * FROM network_rules' })).rows, [])
  await Promise.all([old.end(), other.end()])
})

const put = sql`INSERT INTO network_rules (network, dc) VALUES (:network, 1)`

test('a server that falls silent costs a call a bounded time, and the next ones nothing', async (t) => {
  const proxy = await startProxy(postgres)
  t.after(() => proxy.close())
  const url = postgres.url(await postgres.createDatabase(), proxy.port)
  const limits = { answerTimeoutMs: 1_000, connectTimeoutMs: 1_000 }
  const store = await open(url, { limits })
  await store.decide(() => put.run({ network: 'a' }))
  proxy.blackhole()
  await assert.rejects(
    store.decide(() => put.run({ network: 'b' })),
    { code: 'STORE_UNREACHABLE' },
  )
  let refusal: unknown
  store
    .decide(() => put.run({ network: 'c' }))
    .catch((error: { code: string }) => {
      refusal = error.code
    })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(refusal, 'STORE_UNREACHABLE', 'in the same turn of the event loop')
  proxy.restore()
  while ((await store.trouble()) !== undefined) await new Promise((resolve) => setTimeout(resolve, 20))
  await store.decide(() => put.run({ network: 'd' }))
  const rows = await store.look(() => list.rows())
  assert.deepEqual(rows.map(({ network }) => network).sort(), ['a', 'd'])
  await store.close()
})

// Own process: it prepares every statement that is registered, and tests of other files register their own.
/**
 * The contract suites on PostgreSQL itself, compiled to WebAssembly, through the `pg` driver. All of them share one process:
 * to start this engine takes longer than any suite. It has one connection, so that calls do not race here: the suites of
 * races run in `npm run test:engines`, and so do the largest; `npm run test:long -- FILE` runs these here.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { isLong } from '../../../../../test/effort.ts'
import { startPglite } from '../../../../../test/engines/pglite.ts'
import { unpackDataFolder } from '../../../../../test/fixtures/data-folders/unpack.ts'
import {
  SECRET,
  SMALL,
  transcribe,
  transcribeOnSqlite,
} from '../../../../../test/simulation/chats/transcript.ts'
import { LISTED_IDS } from '../id-list.ts'
import { openStore } from '../index.ts'
import { openPostgresStore, type PostgresOptions } from '../postgres/index.ts'
import { DATABASE_FILE } from '../sqlite/open.ts'
import type { Store } from '../store.ts'
import { emptied, LARGE_SUITES, SUITES } from './test-postgres.ts'
import { schemaOfPostgres, schemaOfSqlite } from './test-schema.ts'
import { loadStatements, plansOnSqlite, prepareOnSqlite } from './test-statements.ts'
import { testOnly } from './test-stores.ts'

const folder = mkdtempSync(join(tmpdir(), 'cablegram-pglite-'))
writeFileSync(join(folder, 'secret.key'), SECRET, { mode: 0o600 })
const pglite = await startPglite()
after(async () => {
  await pglite.close()
  rmSync(folder, { recursive: true })
})

const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length))
let isFirst = true

/** The store on an empty database. */
async function openEmpty(options: Partial<PostgresOptions> = {}): Promise<Store> {
  if (!isFirst) await pglite.query(emptied())
  isFirst = false
  return await openPostgresStore({
    url: pglite.url,
    secretFile: join(folder, 'secret.key'),
    random,
    nowMs: Date.now,
    // All calls of a test wait for the one connection.
    limits: { maxConnections: 1, waitMs: 60_000 },
    ...options,
  })
}

testOnly('PostgreSQL in WebAssembly', () => openEmpty())
for (const suite of [...SUITES, ...(isLong ? LARGE_SUITES : [])]) await import(suite)

test('the chats of a seed have the same transcript on both engines, byte for byte', async () => {
  const transcript = await transcribe(SMALL, (onNudges, seeded) => openEmpty({ onNudges, random: seeded }))
  assert.deepEqual(transcript, await transcribeOnSqlite(SMALL))
})

test('every statement of the server prepares on both engines', async () => {
  const statements = await loadStatements()
  assert.ok(statements.length > 200)
  assert.deepEqual(prepareOnSqlite(statements), [])
  const refused: string[] = []
  for (const { index, text, postgres: placed } of statements)
    await pglite
      .query(`PREPARE statement_${index} AS ${placed}`)
      .catch((error: Error) => refused.push(`${error.message}: ${text}`))
  assert.deepEqual(refused, [])
})

test('statements read a list of ids in one pass, on both engines', async () => {
  const listing = (await loadStatements()).filter(({ text }) => text.includes(LISTED_IDS))
  assert.ok(listing.length >= 8)
  const plansOfPostgres = await Promise.all(
    listing.map(async ({ postgres }) => planOf(await pglite.query(`EXPLAIN (GENERIC_PLAN) ${postgres}`))),
  )
  for (const plan of [...plansOnSqlite(listing.map(({ sqlite }) => sqlite)), ...plansOfPostgres]) {
    assert.doesNotMatch(plan, /recursive/i, 'the list would be searched again for each id')
    assert.match(plan, /json_each|ProjectSet/)
  }
})

/** The folder of the first commit; `test/e2e/data-folders.test.ts` holds that all others have the tables of a new one. */
const OLDEST = 'f7ef24e-stopped'

test('a new data folder, and the oldest after its migrations, have the same tables as PostgreSQL', async () => {
  const expected = await schemaOfPostgres((text) => pglite.query(text))
  assert.ok(expected.length > 300)
  for (const name of [OLDEST, 'new']) {
    const data = join(folder, name)
    if (name === OLDEST) unpackDataFolder(name, data)
    await openStore({ data, random }).close()
    const db = new DatabaseSync(join(data, DATABASE_FILE))
    assert.deepEqual(schemaOfSqlite(db), expected, name)
    db.close()
  }
})

test('the comparison of tables sees each kind of difference', () => {
  const schemas = [
    'CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT) STRICT',
    'CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT NOT NULL) STRICT',
    "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT DEFAULT 'x') STRICT",
    'CREATE TABLE t (a INTEGER, b TEXT, PRIMARY KEY (a, b)) STRICT, WITHOUT ROWID',
    'CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE) STRICT',
    'CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT) STRICT; CREATE INDEX i ON t (b)',
    'CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT) STRICT; CREATE INDEX i ON t (b) WHERE a = 1',
    'CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT) STRICT; CREATE UNIQUE INDEX i ON t (b)',
    'CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT REFERENCES t ON DELETE CASCADE) STRICT',
  ]
  const described = schemas.map((text) => {
    const db = new DatabaseSync(':memory:')
    db.exec(text)
    return schemaOfSqlite(db).join('; ')
  })
  assert.equal(new Set(described).size, schemas.length)
})

function planOf(rows: readonly Readonly<Record<string, unknown>>[]): string {
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}

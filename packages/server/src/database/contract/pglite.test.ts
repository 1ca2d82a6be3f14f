// Own process: it prepares every statement that is registered, and tests of other files register their own.
/**
 * The contract suites on PostgreSQL itself, compiled to WebAssembly, through the `pg` driver. All of them share one process:
 * to start this engine takes longer than any suite.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startPglite } from '../../../../../test/engines/pglite.ts'
import { LISTED_IDS } from '../id-list.ts'
import { openPostgresStore } from '../postgres/index.ts'
import { emptied, SUITES } from './test-postgres.ts'
import { loadStatements, planOnSqlite, prepareOnSqlite } from './test-statements.ts'
import { testOnly } from './test-stores.ts'

const folder = mkdtempSync(join(tmpdir(), 'cablegram-pglite-'))
const pglite = await startPglite()
after(async () => {
  await pglite.close()
  rmSync(folder, { recursive: true })
})

let isFirst = true
testOnly('PostgreSQL in WebAssembly', async () => {
  if (!isFirst) await pglite.query(emptied())
  isFirst = false
  return await openPostgresStore({
    url: pglite.url,
    secretFile: join(folder, 'secret.key'),
    random: (length) => Uint8Array.from(randomBytes(length)),
    nowMs: Date.now,
    limits: { maxConnections: 1 },
  })
})
for (const suite of SUITES) await import(suite)

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
  for (const plan of [...listing.map(({ sqlite }) => planOnSqlite(sqlite)), ...plansOfPostgres]) {
    assert.doesNotMatch(plan, /recursive/i, 'the list would be searched again for each id')
    assert.match(plan, /json_each|ProjectSet/)
  }
})

function planOf(rows: readonly Readonly<Record<string, unknown>>[]): string {
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}

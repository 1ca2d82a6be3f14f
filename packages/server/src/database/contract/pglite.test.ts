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
import { openPostgresStore } from '../postgres/index.ts'
import { emptied, SUITES } from './test-postgres.ts'
import { loadStatements, prepareOnSqlite } from './test-statements.ts'
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
  for (const { index, text, placed } of statements)
    await pglite
      .query(`PREPARE statement_${index} AS ${placed}`)
      .catch((error: Error) => refused.push(`${error.message}: ${text}`))
  assert.deepEqual(refused, [])
})

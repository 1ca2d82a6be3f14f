/**
 * The contract suites of the store, races of 64 among them, on a real PostgreSQL, and every statement of the server prepared
 * there.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import {
  emptied,
  LARGE_SUITES,
  SUITES,
  SUITES_OF_RACES,
} from '../../packages/server/src/database/contract/test-postgres.ts'
import { loadStatements } from '../../packages/server/src/database/contract/test-statements.ts'
import { testOnly } from '../../packages/server/src/database/contract/test-stores.ts'
import { openPostgresStore, type PostgresOptions } from '../../packages/server/src/database/postgres/index.ts'
import type { Store } from '../../packages/server/src/database/store.ts'
import '../runner/seed.ts'
import { LARGE, SECRET, transcribe, transcribeOnSqlite } from '../simulation/chats/transcript.ts'
import { startPostgres } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'cablegram-contracts-'))
writeFileSync(join(folder, 'secret.key'), SECRET, { mode: 0o600 })
const postgres = await startPostgres()
after(async () => {
  await emptier.end()
  await postgres.close()
  rmSync(folder, { recursive: true })
})

async function open(database: string, options: Partial<PostgresOptions> = {}): Promise<Store> {
  return await openPostgresStore({
    url: postgres.url(database),
    secretFile: join(folder, 'secret.key'),
    random: (length) => Uint8Array.from(randomBytes(length)),
    nowMs: Date.now,
    ...options,
  })
}

const database = await postgres.createDatabase()
await (await open(database)).close()
const emptier = await postgres.connect(database)

/** The store on an empty database. To empty one takes a small part of the time that a new one takes. */
async function openEmpty(options: Partial<PostgresOptions> = {}): Promise<Store> {
  await emptier.query(emptied())
  return await open(database, options)
}
testOnly('PostgreSQL', () => openEmpty())

for (const suite of [...SUITES, ...LARGE_SUITES, ...SUITES_OF_RACES])
  await import(new URL(`../../packages/server/src/database/contract/${suite}`, import.meta.url).href)

test('the chats of a seed have the same transcript on PostgreSQL as on SQLite, byte for byte', async () => {
  const transcript = await transcribe(LARGE, (onNudges, random) => openEmpty({ onNudges, random }))
  assert.deepEqual(transcript, await transcribeOnSqlite(LARGE))
})

test('every statement of the server prepares on PostgreSQL', async () => {
  const statements = await loadStatements()
  assert.ok(statements.length > 200)
  const refused: string[] = []
  for (const { index, text, postgres: placed } of statements)
    await emptier
      .query(`PREPARE statement_${index} AS ${placed}`)
      .catch((error: Error) => refused.push(`${error.message}: ${text}`))
  assert.deepEqual(refused, [])
})

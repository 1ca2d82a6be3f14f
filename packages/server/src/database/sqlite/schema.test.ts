import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { EMPTIED_TABLES, KEPT_TABLES } from '../reset.ts'
import { BASELINE, BASELINE_VERSION, MIGRATIONS_AFTER_BASELINE } from '../schema.ts'
import { createSecret } from '../secret.ts'
import { openMemory } from './open.ts'
import { MIGRATIONS } from './schema.ts'

/**
 * The landed migrations by version: the hash of the SQL, and of the schema that a new database then has.
 */
const LANDED: readonly { readonly sql: string | undefined; readonly schema: string }[] = [
  { sql: '9f78f778f0d9c5a2', schema: '8b5e111e1f2cc306' },
  { sql: '4f3ef9112d16f617', schema: 'd686f8b9b06c439f' },
  { sql: '7edc5d97a2d882bb', schema: '43ecf693571f5952' },
  { sql: undefined, schema: '43ecf693571f5952' },
  { sql: 'd036131811407b74', schema: 'fdb3052e0a564717' },
  { sql: '3a30ae57db954dcb', schema: '31c5967644e3ca2d' },
  { sql: undefined, schema: '4fd8d9931b46e8c7' },
]

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

/** The hash of name and SQL of everything in a database. */
function schemaHash(db: DatabaseSync): string {
  const rows = db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all()
  return hash(JSON.stringify(rows))
}

test('a landed migration is never edited', () => {
  const db = new DatabaseSync(':memory:')
  const secret = createSecret(new Uint8Array(32), (length) => new Uint8Array(length))
  MIGRATIONS.forEach((migration, index) => {
    if (typeof migration === 'string') db.exec(migration)
    else migration(db, 0, secret)
    const sql = typeof migration === 'string' ? hash(migration) : undefined
    const now = { sql, schema: schemaHash(db) }
    const landed = LANDED[index]
    const version = index + 1
    assert.ok(landed, `migration ${version} is new: add ${JSON.stringify(now)} to LANDED in schema.test.ts`)
    assert.deepEqual(
      now,
      landed,
      `migration ${version} has landed and was edited: data folders of version ${version} would never get the ` +
        'change. Put the text back, and add a migration with what is to change to ../schema.ts.',
    )
  })
  assert.equal(LANDED.length, MIGRATIONS.length, 'a migration that has landed is gone')
  db.close()
})

/** Hashes of the migrations after the baseline that were released, the first of which is number 8; the next one still grows. */
const LANDED_AFTER_BASELINE: readonly string[] = [
  '432dc42cab5cb95b',
  '11d730c17d335d26',
  'd206a064ef9d5e88',
  '5b8e9f921fd4ad5e',
]

test('a landed migration after the baseline is never edited', () => {
  assert.deepEqual(
    MIGRATIONS_AFTER_BASELINE.slice(0, LANDED_AFTER_BASELINE.length).map(hash),
    LANDED_AFTER_BASELINE,
    'put a landed text back, and add a migration with the change; add the hash of a new one here',
  )
  assert.ok(MIGRATIONS_AFTER_BASELINE.length - LANDED_AFTER_BASELINE.length <= 1)
})

test('a reset keeps or empties each table', () => {
  const { db } = openMemory((length) => new Uint8Array(length))
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    .all()
    .map(({ name }) => String(name))
  assert.deepEqual(tables.sort(), [...KEPT_TABLES, ...EMPTIED_TABLES].sort())
  db.close()
})

/** Name and SQL of everything in a database, without comments and spaces: ALTER TABLE writes its own. */
function plainSchema(db: DatabaseSync): string[] {
  return db
    .prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' ORDER BY name")
    .all()
    .map(({ type, name, sql }) => {
      const text = String(sql).replace(/--[^\n]*/g, '')
      return `${type} ${name}: ${text.replace(/\s+/g, ' ').replace(/ ?([(),]) ?/g, '$1')}`
    })
}

test('the migrations of folders end with the baseline', () => {
  const migrated = new DatabaseSync(':memory:')
  const secret = createSecret(new Uint8Array(32), (length) => new Uint8Array(length))
  for (const migration of MIGRATIONS)
    if (typeof migration === 'string') migrated.exec(migration)
    else migration(migrated, 0, secret)
  const db = new DatabaseSync(':memory:')
  db.exec(BASELINE)
  assert.equal(MIGRATIONS.length, BASELINE_VERSION)
  assert.deepEqual(plainSchema(migrated), plainSchema(db))
  assert.match(BASELINE, /CREATE TABLE users/)
  migrated.close()
  db.close()
})

import { DatabaseSync } from 'node:sqlite'

/** One row of sqlite_schema that somebody wrote: SQLite's own objects have no SQL. */
interface SchemaObject {
  readonly type: string
  readonly name: string
  readonly sql: string
}

/**
 * Values of a column in rows that are older than it, where its default is not right. `old` is the table's name while its
 * rows are copied.
 */
const FILLS: { readonly [column: string]: (old: string) => string } = {
  'auth_keys.used_at_s': () => 'unixepoch()',
  'auth_keys.signed_out': () =>
    'has_signed_in = 1 AND auth_key_id NOT IN (SELECT auth_key_id FROM authorizations)',
  'email_codes.sent_at_ms': () => '0',
  'messages.pts': (old) => `coalesce((SELECT l.pts FROM update_log l WHERE l.user_id = ${old}.user_id
    AND l.event ->> 'kind' = 'newMessage' AND l.event ->> 'id' = ${old}.id), 1)`,
}

/** Tables whose earlier rows mean nothing now: without this column nobody could be sent, or could check, anything. */
const NEEDED_COLUMNS: { readonly [table: string]: string } = {
  passwords: 'sealed_password',
  password_codes: 'sealed_change',
}

/**
 * Migration 4. Schema 3 was changed in place after it had landed, in some twenty commits, so a data folder of version 3
 * may lack anything that came later. This compares the folder with schema 3 as it ended, makes the tables that differ
 * anew with their rows, and adds what is missing.
 *
 * Foreign keys have to be off: they would delete the rows that refer to a table while it is made anew.
 *
 * @param earlier the SQL of versions 1 to 3
 */
export function completeSchema3(db: DatabaseSync, earlier: readonly string[]): void {
  const wanted = schemaAfter(earlier)
  const found = new Map(schemaOf(db).map((object) => [object.name, object]))
  const isDone = wanted.every(({ name, sql }) => found.get(name)?.sql === sql)
  if (isDone) return
  const lacksChannels = !columnsOf(db, 'phone_codes').includes('chain')
  // They would act on the rows that are copied.
  for (const { type, name } of wanted)
    if (type === 'trigger' && found.has(name)) db.exec(`DROP TRIGGER ${name}`)
  db.exec('PRAGMA legacy_alter_table = ON')
  for (const object of wanted) if (object.type === 'table') completeTable(db, object, found.get(object.name))
  db.exec('PRAGMA legacy_alter_table = OFF')
  const now = new Map(schemaOf(db).map((object) => [object.name, object.sql]))
  for (const { type, name, sql } of wanted) {
    if (now.get(name) === sql) continue
    if (now.has(name)) db.exec(`DROP ${type} ${name}`)
    db.exec(sql)
  }
  // Codes of before the channels are of another form: they are sent anew.
  if (lacksChannels) db.exec("UPDATE phone_codes SET state = 'replaced' WHERE state = 'active'")
}

function completeTable(db: DatabaseSync, wanted: SchemaObject, found: SchemaObject | undefined): void {
  if (found === undefined) db.exec(wanted.sql)
  else if (found.sql !== wanted.sql) makeAnew(db, wanted)
}

/** With `legacy_alter_table` the old table's new name goes nowhere else: what refers to the table refers to the new one. */
function makeAnew(db: DatabaseSync, { name, sql }: SchemaObject): void {
  const old = `old_${name}`
  const counter = db.prepare('SELECT seq FROM sqlite_sequence WHERE name = ?').get(name)?.['seq']
  const had = columnsOf(db, name)
  db.exec(`ALTER TABLE ${name} RENAME TO ${old}`)
  db.exec(sql)
  const needed = NEEDED_COLUMNS[name]
  if (needed === undefined || had.includes(needed)) copyRows(db, { name, old, had })
  db.exec(`DROP TABLE ${old}`)
  // The id of a row that is gone is not given again.
  if (counter !== undefined) {
    db.prepare('DELETE FROM sqlite_sequence WHERE name = ?').run(name)
    db.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run(name, counter)
  }
}

function copyRows(
  db: DatabaseSync,
  { name, old, had }: { readonly name: string; readonly old: string; readonly had: readonly string[] },
): void {
  const columns: string[] = []
  const values: string[] = []
  for (const column of columnsOf(db, name)) {
    const value = had.includes(column) ? column : FILLS[`${name}.${column}`]?.(old)
    if (value === undefined) continue
    columns.push(column)
    values.push(value)
  }
  db.exec(`INSERT INTO ${name} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM ${old}`)
}

function columnsOf(db: DatabaseSync, table: string): string[] {
  return db
    .prepare('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map((row) => String(row['name']))
}

/** The tables and indexes of a new database after these migrations. */
function schemaAfter(migrations: readonly string[]): SchemaObject[] {
  const db = new DatabaseSync(':memory:')
  try {
    for (const migration of migrations) db.exec(migration)
    return schemaOf(db)
  } finally {
    db.close()
  }
}

function schemaOf(db: DatabaseSync): SchemaObject[] {
  return db
    .prepare('SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid')
    .all()
    .map((row) => ({
      type: String(row['type']),
      name: String(row['name']),
      sql: String(row['sql']),
    }))
    .filter(({ name }) => !name.startsWith('sqlite_'))
}

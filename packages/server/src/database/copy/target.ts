/** The database that is copied to, and the notes that a copy which is broken off leaves there. */
import { UsageError } from '@cablegram/tl'
import type { Row, Value } from '../decision.ts'
import type { Connection } from '../postgres/connection.ts'
import { NOTES_TABLE } from '../postgres/schema.ts'
import { TABLES } from '../schema.ts'
import { RowHash, type TableHash } from './row-hash.ts'

/** Tables that are not copied: the first two are made with the database, and nodes are those that run. */
const NOT_COPIED: ReadonlySet<string> = new Set(['schema_version', 'secret_check', 'nodes'])

/** The tables that are copied, those that others refer to first. */
export const COPIED_TABLES: readonly (typeof TABLES)[number][] = TABLES.filter(
  ({ name }) => !NOT_COPIED.has(name),
)

const MAX_PARAMETERS = 60_000
const MAX_ROWS_AT_ONCE = 1000

/** Notes of the rows that are there, by table. @throws {UsageError} COPY_TARGET_IN_USE */
export async function readNotes(connection: Connection, place: string): Promise<Map<string, number>> {
  const text = `SELECT 1 FROM information_schema.tables
    WHERE table_schema = current_schema() AND table_name = '${NOTES_TABLE}'`
  if ((await connection.ask({ text })).rows.length === 0) {
    for (const { name } of COPIED_TABLES)
      if ((await connection.ask({ text: `SELECT 1 FROM ${name} LIMIT 1` })).rows.length > 0)
        throw targetInUse(place)
    await connection.ask({
      text: `CREATE TABLE ${NOTES_TABLE} (name TEXT PRIMARY KEY, copied BIGINT NOT NULL)`,
    })
  }
  const { rows } = await connection.ask({ text: `SELECT name, copied FROM ${NOTES_TABLE}` })
  return new Map(rows.map((row) => [String(row['name']), Number(row['copied'])]))
}

/** The database is not for this copy. */
export function targetInUse(place: string): UsageError {
  return new UsageError(
    'COPY_TARGET_IN_USE',
    `The database ${place} has data already: give the copy an empty one, made with \`createdb\`.`,
  )
}

/** The number of rows that one statement inserts. */
export function rowsAtOnce(columns: readonly string[]): number {
  return Math.min(MAX_ROWS_AT_ONCE, Math.floor(MAX_PARAMETERS / columns.length))
}

/** Inserts rows, and notes how many there are now, in one transaction. */
export async function insertRows(
  connection: Connection,
  { name, columns }: { readonly name: string; readonly columns: readonly string[] },
  rows: readonly Row[],
  copied: number,
): Promise<void> {
  const values: Value[] = []
  const places = rows.map((row) => {
    const place = columns.map((column) => `$${values.push(row[column] ?? null)}`)
    return `(${place.join(', ')})`
  })
  const note = `INSERT INTO ${NOTES_TABLE} (name, copied) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET copied = excluded.copied`
  const text = `INSERT INTO ${name} (${columns.join(', ')}) VALUES ${places.join(', ')}`
  const sent = [
    connection.ask({ text: 'BEGIN' }),
    connection.ask({ text, values }),
    connection.ask({ text: note, values: [name, copied] }),
    connection.ask({ text: 'COMMIT' }),
  ]
  await Promise.all(sent)
}

/** The hash of a table's rows, as they come back. */
export async function hashTable(
  connection: Connection,
  name: string,
  columns: readonly string[],
): Promise<TableHash> {
  const hash = new RowHash(columns)
  await connection.ask({ text: 'BEGIN' })
  await connection.ask({ text: `DECLARE rows CURSOR FOR SELECT ${columns.join(', ')} FROM ${name}` })
  for (let isEmpty = false; !isEmpty; ) {
    const { rows } = await connection.ask({ text: `FETCH ${MAX_ROWS_AT_ONCE} FROM rows` })
    for (const row of rows) hash.add(row)
    isEmpty = rows.length === 0
  }
  await connection.ask({ text: 'COMMIT' })
  return hash.result()
}

/** Ends a copy: ids go on where they were, and servers may start. */
export async function finish(
  connection: Connection,
  lastIds: readonly { readonly name: string; readonly column: string; readonly id: bigint }[],
): Promise<void> {
  await connection.ask({ text: 'BEGIN' })
  for (const { name, column, id } of lastIds)
    await connection.ask({ text: `ALTER TABLE ${name} ALTER COLUMN ${column} RESTART WITH ${id + 1n}` })
  await connection.ask({ text: `DROP TABLE ${NOTES_TABLE}` })
  await connection.ask({ text: 'COMMIT' })
  await connection.ask({ text: 'ANALYZE' })
}

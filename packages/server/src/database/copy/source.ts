/** The folder that is copied: its rows, table by table, in an order that stays. */
import type { DatabaseSync } from 'node:sqlite'
import type { Row, Value } from '../decision.ts'

/** A table of the folder. */
export interface SourceTable {
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: number
  /** The rows from this one on, as PostgreSQL can hold them: without zero characters in texts. */
  read(from: number): IterableIterator<Row>
}

/** Logins that came from another login follow that one: their rows refer to its row. */
const ORDERS: Readonly<Record<string, string>> = { authorizations: 'home_hash IS NOT NULL, auth_key_id' }

/** Looks at a table. */
export function openSourceTable(db: DatabaseSync, name: string): SourceTable {
  const described = db.prepare('SELECT name, pk FROM pragma_table_info(?) ORDER BY cid').all(name)
  const columns = described.map((row) => String(row['name']))
  const key = described
    .filter((row) => Number(row['pk']) > 0)
    .sort((one, other) => Number(one['pk']) - Number(other['pk']))
    .map((row) => String(row['name']))
  const order = ORDERS[name] ?? (key.length > 0 ? key.join(', ') : 'rowid')
  const rows = Number(db.prepare(`SELECT count(*) AS n FROM ${name}`).get()?.['n'])
  return {
    name,
    columns,
    rows,
    *read(from) {
      const list = db.prepare(
        `SELECT ${columns.join(', ')} FROM ${name} ORDER BY ${order} LIMIT ${rows} OFFSET ${from}`,
      )
      list.setReadBigInts(true)
      for (const row of list.iterate()) yield decoded(row as Row)
    },
  }
}

/** The id that a table has given last, also to rows that are gone. */
export function lastId(db: DatabaseSync, name: string, column: string): bigint {
  const find = db.prepare(
    `SELECT max(coalesce((SELECT max(${column}) FROM ${name}), 0),
      coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0)) AS id`,
  )
  find.setReadBigInts(true)
  const id = find.get(name)?.['id']
  return typeof id === 'bigint' ? id : 0n
}

function decoded(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, withoutZeros(value)]))
}

function withoutZeros(value: Value): Value {
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value
}

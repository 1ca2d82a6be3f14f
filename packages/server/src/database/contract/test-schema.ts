/** A description of a database's tables that is the same for every engine. */
import type { DatabaseSync } from 'node:sqlite'

/** Lines that describe a database's tables, sorted. */
export type SchemaLines = readonly string[]

type Rows = readonly Readonly<Record<string, unknown>>[]

/** Tables that PostgreSQL's driver has for itself. */
const OF_POSTGRES = "('decided', 'turns')"
const TYPES: Readonly<Record<string, string>> = { INTEGER: 'bigint', BLOB: 'bytea', TEXT: 'text' }
const TABLES = `SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`

/** Describes the tables of a SQLite database. */
export function schemaOfSqlite(db: DatabaseSync): SchemaLines {
  const ask = (text: string): Rows => db.prepare(text).all()
  const tables = ask(TABLES)
  return tables
    .flatMap(({ name: table, sql }) => [
      ...ask(`PRAGMA table_info(${table})`).map((column) => {
        // Only INTEGER PRIMARY KEY, and keys of a table without rowids, imply NOT NULL.
        const isKey =
          column['pk'] !== 0 && (column['type'] === 'INTEGER' || /WITHOUT ROWID/.test(String(sql)))
        const isNullable = column['notnull'] === 0 && !isKey
        return columnLine(
          table,
          column['name'],
          TYPES[String(column['type'])],
          isNullable,
          column['dflt_value'],
        )
      }),
      keyLine(table, primaryKey(ask(`PRAGMA table_info(${table})`))),
      ...ask(`PRAGMA foreign_key_list(${table})`).map((key) =>
        referenceLine(table, key['from'], key['table'], key['on_delete']),
      ),
      ...ask(`PRAGMA index_list(${table})`)
        .filter(({ origin }) => origin !== 'pk')
        .map((index) => sqliteIndexLine(ask, table, index)),
    ])
    .toSorted()
}

function primaryKey(columns: Rows): string {
  return columns
    .filter(({ pk }) => pk !== 0)
    .toSorted((a, b) => Number(a['pk']) - Number(b['pk']))
    .map(({ name }) => name)
    .join(', ')
}

const INDEX = /\bON \w+ \((?<columns>.*?)\)(?: WHERE (?<where>.*))?$/

/** An index without a name of its own comes from UNIQUE. */
function sqliteIndexLine(
  ask: (text: string) => Rows,
  table: unknown,
  { name, unique, origin }: Readonly<Record<string, unknown>>,
): string {
  if (origin === 'u') {
    const columns = ask(`PRAGMA index_info(${name})`).map((column) => column['name'])
    return indexLine(table, '', true, columns.join(', '), undefined)
  }
  const [made] = ask(`SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = '${name}'`)
  const { columns, where } = INDEX.exec(String(made?.['sql']).replace(/\s+/g, ' '))?.groups ?? {}
  return indexLine(table, name, unique === 1, columns, where)
}

/** Queries of {@link schemaOfPostgres}. */
const COLUMNS = `
  SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
  WHERE table_schema = 'public' AND table_name NOT IN ${OF_POSTGRES}`
const INDEXES = `
  SELECT i.indrelid::regclass::text AS table_name, i.indexrelid::regclass::text AS name, i.indisunique, i.indisprimary,
    EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype = 'u') AS is_constraint,
    pg_get_expr(i.indpred, i.indrelid, true) AS predicate,
    (SELECT string_agg(pg_get_indexdef(i.indexrelid, place, true), ', ' ORDER BY place)
      FROM generate_series(1, i.indnkeyatts) place) AS columns
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
  WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT IN ${OF_POSTGRES}`
const REFERENCES = `
  SELECT c.conrelid::regclass::text AS table_name, a.attname AS column_name, c.confrelid::regclass::text AS target,
    CASE c.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'a' THEN 'NO ACTION' ELSE 'other' END AS on_delete
  FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) WHERE c.contype = 'f'`

/** Describes the tables of a PostgreSQL database in the same words. */
export async function schemaOfPostgres(ask: (text: string) => Promise<Rows>): Promise<SchemaLines> {
  const columns = (await ask(COLUMNS)).map((row) =>
    columnLine(
      row['table_name'],
      row['column_name'],
      row['data_type'],
      row['is_nullable'] === 'YES',
      row['column_default'],
    ),
  )
  const indexes = (await ask(INDEXES)).map((row) => {
    if (row['indisprimary']) return keyLine(row['table_name'], row['columns'])
    const name = row['is_constraint'] ? '' : row['name']
    return indexLine(row['table_name'], name, row['indisunique'] === true, row['columns'], row['predicate'])
  })
  const references = (await ask(REFERENCES)).map((row) =>
    referenceLine(row['table_name'], row['column_name'], row['target'], row['on_delete']),
  )
  const keyed = new Set(indexes.map((line) => line.split(':')[0]))
  const tables = [...new Set(columns.map((line) => line.split(/[. ]/)[1]))]
  const without = tables.filter((table) => !keyed.has(`key of ${table}`)).map((table) => keyLine(table, ''))
  return [...columns, ...indexes, ...without, ...references].toSorted()
}

function columnLine(
  table: unknown,
  name: unknown,
  type: unknown,
  isNullable: boolean,
  value: unknown,
): string {
  const standard = value === null ? '' : ` DEFAULT ${plain(value)}`
  return `column ${table}.${name} ${type}${isNullable ? '' : ' NOT NULL'}${standard}`
}

function keyLine(table: unknown, columns: unknown): string {
  return `key of ${table}: ${columns}`
}

function indexLine(
  table: unknown,
  name: unknown,
  isUnique: boolean,
  columns: unknown,
  where: unknown,
): string {
  const condition = where === null || where === undefined ? '' : ` WHERE ${plain(where)}`
  return `${isUnique ? 'unique index' : 'index'} ${name} on ${table}: ${plain(columns)}${condition}`
}

function referenceLine(table: unknown, column: unknown, target: unknown, onDelete: unknown): string {
  return `reference ${table}.${column} to ${target} ON DELETE ${onDelete}`
}

/** An expression without the types, brackets and spaces that PostgreSQL writes, and without its quotes of numbers below 0. */
function plain(expression: unknown): string {
  return String(expression)
    .replace(/'(-\d+)'::\w+/g, '$1')
    .replace(/::\w+(\[\])?/g, '')
    .replace(/= ANY \(ARRAY\[(.*?)\]\)/g, 'IN ($1)')
    .replace(/[()]/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/ ,/g, ',')
    .trim()
}

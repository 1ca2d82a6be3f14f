/** Copies a data folder into a PostgreSQL database. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Random } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import { machineNowMs } from '../../ground/clock.ts'
import type { Row } from '../decision.ts'
import { type Connection, openConnection } from '../postgres/connection.ts'
import { ConnectionLost, sqlState, toStoreError } from '../postgres/errors.ts'
import { loadPg } from '../postgres/pg-module.ts'
import { prepareDatabase } from '../postgres/prepare.ts'
import { checkUrl } from '../postgres/url.ts'
import { DATABASE_FILE, openFolder, SECRET_FILE } from '../sqlite/open.ts'
import { RowHash } from './row-hash.ts'
import { lastId, openSourceTable, type SourceTable } from './source.ts'
import { COPIED_TABLES, finish, hashTable, insertRows, readNotes, rowsAtOnce, targetInUse } from './target.ts'

/** A copy from a folder to a database. */
export interface StoreCopy {
  /** The data folder; no server may be using it. */
  readonly data: string
  /** By default in the data folder. */
  readonly secretFile?: string | undefined
  /** `postgres://USER:PASSWORD@HOST:5432/DATABASE`, an empty database or one with an unfinished copy. */
  readonly url: string
  readonly random: Random
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined
}

/** Progress of a copy. */
export interface CopyProgress {
  readonly table: string
  /** Rows that are copied, of the table and of all. */
  readonly rows: number
  readonly allRows: number
  readonly step: 'copy' | 'compare'
}

/** Result of a copy. */
export interface CopyResult {
  readonly tables: number
  readonly rows: number
  /** Rows that an earlier copy, which was broken off, had copied already. */
  readonly resumedRows: number
  /** The file that every node of the database needs. */
  readonly secretFile: string
}

/** No statement of a copy is in a hurry. */
const TIMES = {
  connectTimeoutMs: 5_000,
  statementTimeoutMs: 0,
  lockTimeoutMs: 0,
  answerTimeoutMs: 600_000,
}

/**
 * Copies every row, and compares all of them as they come back. A copy that was broken off goes on where it was.
 *
 * @throws {UsageError} DATA_FOLDER_MISSING, DATA_FOLDER_IN_USE, COPY_TARGET_IN_USE, COPY_DIFFERS, COPY_BROKEN_OFF and those of the engines
 */
export async function copyStore(copy: StoreCopy): Promise<CopyResult> {
  const { data, random, url } = copy
  const place = checkUrl(url)
  if (!existsSync(join(data, DATABASE_FILE))) throw missing(data)
  const pg = await loadPg()
  const secretFile = copy.secretFile ?? join(data, SECRET_FILE)
  const { db } = openFolder(data, secretFile, random)
  try {
    const preparing = prepareDatabase(pg, {
      ...TIMES,
      url,
      place,
      secretFile,
      random,
      nowMs: machineNowMs,
      mayResumeCopy: true,
    })
    await preparing.catch((error: unknown) => {
      // The database has the secret of another server, and so its data.
      throw error instanceof UsageError && error.code === 'SECRET_WRONG' ? targetInUse(place) : error
    })
    const connection = await openConnection(pg, { ...TIMES, url }, 'copy', () => {})
    try {
      return { ...(await copyTables(db, connection, place, copy)), secretFile }
    } catch (error) {
      const isOfDatabase = error instanceof ConnectionLost || sqlState(error) !== undefined
      throw isOfDatabase ? brokenOff(error) : error
    } finally {
      await connection.end()
    }
  } finally {
    db.close()
  }
}

async function copyTables(
  db: DatabaseSync,
  connection: Connection,
  place: string,
  { onProgress }: StoreCopy,
): Promise<Omit<CopyResult, 'secretFile'>> {
  const notes = await readNotes(connection, place)
  const tables = COPIED_TABLES.map(({ name }) => openSourceTable(db, name))
  const allRows = tables.reduce((sum, { rows }) => sum + rows, 0)
  const tell = (table: string, rows: number, step: 'copy' | 'compare'): void =>
    onProgress?.({ table, rows, allRows, step })
  let rows = 0
  for (const table of tables) {
    const before = rows
    await copyTable(connection, table, notes.get(table.name) ?? 0, (copied) =>
      tell(table.name, before + copied, 'copy'),
    )
    rows += table.rows
  }
  for (const table of tables) {
    tell(table.name, rows, 'compare')
    await compareTable(connection, table, place)
  }
  const lastIds = COPIED_TABLES.flatMap(({ name, idColumn: column }) =>
    column === undefined ? [] : [{ name, column, id: lastId(db, name, column) }],
  )
  await finish(connection, lastIds)
  const resumedRows = [...notes.values()].reduce((sum, copied) => sum + copied, 0)
  return { tables: tables.length, rows, resumedRows }
}

async function copyTable(
  connection: Connection,
  table: SourceTable,
  from: number,
  tell: (copied: number) => void,
): Promise<void> {
  const atOnce = rowsAtOnce(table.columns)
  let copied = from
  let batch: Row[] = []
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return
    copied += batch.length
    await insertRows(connection, table, batch, copied)
    batch = []
    tell(copied)
  }
  for (const row of table.read(from)) {
    batch.push(row)
    if (batch.length === atOnce) await flush()
  }
  await flush()
}

async function compareTable(connection: Connection, table: SourceTable, place: string): Promise<void> {
  const wanted = new RowHash(table.columns)
  for (const row of table.read(0)) wanted.add(row)
  const { rows, hash } = wanted.result()
  const found = await hashTable(connection, table.name, table.columns)
  if (found.rows === rows && found.hash === hash) return
  throw new UsageError(
    'COPY_DIFFERS',
    `The copy differs from the folder in the table ${table.name} (${found.rows} of ${rows} rows): the folder or ${place} was ` +
      'changed meanwhile. Copy again, into an empty database.',
  )
}

function brokenOff(cause: unknown): UsageError {
  return new UsageError(
    'COPY_BROKEN_OFF',
    `The copy was broken off: ${toStoreError(cause).message}. Run the same command again, and it goes on.`,
    { cause },
  )
}

function missing(data: string): UsageError {
  return new UsageError(
    'DATA_FOLDER_MISSING',
    `There is no database of Cablegram in ${data}: name the data folder of a server with --data.`,
  )
}

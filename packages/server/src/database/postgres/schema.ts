/** The tables of a database: made where there are none, brought to this version where they are older. */
import type { Random } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import {
  BASELINE,
  BASELINE_VERSION,
  LAST_RESERVED_IDS,
  MIGRATIONS_AFTER_BASELINE,
  postgresText,
} from '../schema.ts'
import {
  checkSecret,
  createSecret,
  makeSecretFile,
  readSecretFile,
  type Secret,
  sealCheck,
} from '../secret.ts'
import type { Answer, Connection } from './connection.ts'
import type { Locks } from './locks.ts'

/** Options of an opening. */
export interface SchemaOptions {
  /** The address without a password. */
  readonly place: string
  /** The file with the secret, the same for every node. */
  readonly secretFile: string
  readonly locks: Locks
  readonly random: Random
  /** Migrations after the baseline; tests have others. */
  readonly migrations?: readonly string[]
  /** Lets a database be opened in which a copy was broken off. */
  readonly mayResumeCopy?: boolean | undefined
}

/** The table of notes of a copy from a data folder. A server does not start while it is there. */
export const NOTES_TABLE = 'unfinished_copy'

/** Tables that only this driver uses: {@link ../trace.ts} and {@link ../locks.ts}. */
const OWN_TABLES = `
  CREATE TABLE decided (
    connection_id TEXT PRIMARY KEY,
    n BIGINT NOT NULL,
    is_closed BIGINT NOT NULL,
    opened_at_ms BIGINT NOT NULL
  ) WITH (fillfactor = 50);
  CREATE TABLE IF NOT EXISTS turns (subject TEXT PRIMARY KEY, n BIGINT NOT NULL) WITH (fillfactor = 50);
`

/**
 * Brings the database to this version's schema, and finds the secret. Nodes that start at the same time do this one after
 * the other.
 *
 * @throws {UsageError} POSTGRES_NEWER, POSTGRES_OF_OTHERS, SECRET_MISSING, SECRET_WRONG, SECRET_UNREADABLE, SECRET_UNWRITABLE
 */
export async function prepareSchema(connection: Connection, options: SchemaOptions): Promise<Secret> {
  const { place, secretFile, random, migrations = MIGRATIONS_AFTER_BASELINE } = options
  await connection.ask({ text: 'BEGIN' })
  try {
    await waitForOthers(connection, options.locks)
    const version = await findVersion(connection, options)
    const ours = BASELINE_VERSION + migrations.length
    if (version > ours) throw newer(place, version, ours)
    const secret =
      version === 0 ? newSecret(secretFile, random) : await oldSecret(connection, secretFile, random)
    if (version === 0) await create(connection, secret)
    for (const text of migrations.slice(Math.max(version - BASELINE_VERSION, 0)))
      await connection.ask({ text: postgresText(text) })
    await connection.ask({ text: `UPDATE schema_version SET version = ${ours} WHERE version < ${ours}` })
    await connection.ask({ text: 'COMMIT' })
    return secret
  } catch (error) {
    if (!connection.isLost) await connection.ask({ text: 'ROLLBACK' })
    throw error
  }
}

/** The wait may take as long as another node's migration. */
async function waitForOthers(connection: Connection, locks: Locks): Promise<void> {
  await connection.ask({ text: 'SET LOCAL lock_timeout = 0' })
  await connection.ask({ text: 'SET LOCAL statement_timeout = 0' })
  if (locks === 'advisory') {
    await connection.ask({ text: "SELECT pg_advisory_xact_lock(hashtextextended('cablegram schema', 0))" })
    return
  }
  await connection.ask({
    text: 'CREATE TABLE IF NOT EXISTS turns (subject TEXT PRIMARY KEY, n BIGINT NOT NULL)',
  })
  await connection.ask({ text: 'LOCK TABLE turns IN EXCLUSIVE MODE' })
}

/** 0 for an empty database. @throws {UsageError} POSTGRES_OF_OTHERS, COPY_UNFINISHED */
async function findVersion(connection: Connection, { place, mayResumeCopy }: SchemaOptions): Promise<number> {
  const { rows } = await connection.ask({
    text: `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name <> 'turns'`,
  })
  if (rows.length === 0) return 0
  if (rows.some(({ name }) => name === NOTES_TABLE) && !mayResumeCopy) throw unfinished(place)
  if (rows.some(({ name }) => name === 'schema_version')) {
    const found: Answer = await connection.ask({ text: 'SELECT version FROM schema_version' })
    return Number(found.rows[0]?.['version'])
  }
  throw new UsageError(
    'POSTGRES_OF_OTHERS',
    `The database ${place} has tables of another program: give Cablegram an empty one, made with \`createdb\`.`,
  )
}

async function create(connection: Connection, secret: Secret): Promise<void> {
  await connection.ask({ text: postgresText(BASELINE) })
  await connection.ask({ text: OWN_TABLES })
  for (const [table, { column, id }] of Object.entries(LAST_RESERVED_IDS))
    await connection.ask({ text: `ALTER TABLE ${table} ALTER COLUMN ${column} RESTART WITH ${id + 1}` })
  await connection.ask({ text: `INSERT INTO schema_version (version) VALUES (${BASELINE_VERSION})` })
  const values = [sealCheck(secret)]
  await connection.ask({ text: 'INSERT INTO secret_check (sealed_text) VALUES ($1)', values })
}

function newSecret(secretFile: string, random: Random): Secret {
  return createSecret(readSecretFile(secretFile) ?? makeSecretFile(secretFile, random), random)
}

/** @throws {UsageError} SECRET_MISSING, SECRET_WRONG */
async function oldSecret(connection: Connection, secretFile: string, random: Random): Promise<Secret> {
  const bytes = readSecretFile(secretFile)
  if (bytes === undefined) {
    throw new UsageError(
      'SECRET_MISSING',
      `The secret file ${secretFile} is missing, and the database was sealed with one: copy it from the node that made it, ` +
        'or name it with --secret-file.',
    )
  }
  const secret = createSecret(bytes, random)
  const { rows } = await connection.ask({ text: 'SELECT sealed_text FROM secret_check' })
  if (checkSecret(secret, rows[0]?.['sealed_text'])) return secret
  throw new UsageError(
    'SECRET_WRONG',
    `The secret file ${secretFile} is not the one this database was sealed with: all nodes of a database need the same ` +
      'file; copy it from one that runs, or name it with --secret-file.',
  )
}

function unfinished(place: string): UsageError {
  return new UsageError(
    'COPY_UNFINISHED',
    `The copy into the database ${place} was broken off: run \`cablegram store copy\` again, and it goes on.`,
  )
}

function newer(place: string, version: number, ours: number): UsageError {
  return new UsageError(
    'POSTGRES_NEWER',
    `The database ${place} was written by a newer version of Cablegram (schema ${version}, this one knows ${ours}): ` +
      'update Cablegram, or name another database; nothing in it was changed.',
  )
}

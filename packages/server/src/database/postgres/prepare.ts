/** Opens a database for a store: looks at the engine, makes the tables, finds the secret. */
import type { Random } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import type { Secret } from '../secret.ts'
import { type Connection, type ConnectionOptions, openConnection } from './connection.ts'
import { isTransient, reasonOf, sqlState } from './errors.ts'
import type { Locks } from './locks.ts'
import type { Pg } from './pg-module.ts'
import { prepareSchema } from './schema.ts'
import { TRACE_KEPT_MS } from './trace.ts'

/** Everything that the preparation depends on. */
export interface Preparation extends ConnectionOptions {
  /** The address without the password. */
  readonly place: string
  readonly secretFile: string
  readonly random: Random
  readonly nowMs: () => number
  /** By default advisory locks, if the engine is PostgreSQL itself. */
  readonly locks?: Locks | undefined
  readonly migrations?: readonly string[] | undefined
  /** Lets a database be opened in which a copy was broken off. */
  readonly mayResumeCopy?: boolean | undefined
  readonly onNotice?: ((notice: string) => void) | undefined
}

/** A database that can be used. */
export interface Prepared {
  readonly secret: Secret
  readonly locks: Locks
}

const OLDEST_VERSION = 130_000

/** @throws {UsageError} one sentence with the next step, if the database cannot be used */
export async function prepareDatabase(pg: Pg, options: Preparation): Promise<Prepared> {
  const connection = await connect(pg, options)
  try {
    const locks = options.locks ?? (await locksOf(connection))
    await checkVersion(connection, options)
    await noticeRisks(connection, options)
    const { migrations, ...rest } = options
    const prepare = (): Promise<Secret> =>
      prepareSchema(connection, { ...rest, locks, ...(migrations && { migrations }) })
    const secret = await prepare().catch((error: unknown) => {
      // Another node has made the table of locks at the same moment.
      if (locks === 'turns' && isTransient(error)) return prepare()
      throw error
    })
    const values = [options.nowMs() - TRACE_KEPT_MS]
    await connection.ask({ text: 'DELETE FROM decided WHERE opened_at_ms < $1', values })
    return { secret, locks }
  } catch (error) {
    throw explain(options.place, error)
  } finally {
    await connection.end()
  }
}

async function connect(pg: Pg, options: Preparation): Promise<Connection> {
  try {
    return await openConnection(pg, options, 'start', () => {})
  } catch (error) {
    throw explain(options.place, error)
  }
}

async function locksOf(connection: Connection): Promise<Locks> {
  const { rows } = await connection.ask({ text: 'SELECT version() AS version' })
  return /^PostgreSQL (?!.*-YB-)/.test(String(rows[0]?.['version'])) ? 'advisory' : 'turns'
}

async function checkVersion(connection: Connection, { place }: Preparation): Promise<void> {
  const { rows } = await connection.ask({
    text: "SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS name",
  })
  if (Number(rows[0]?.['number']) >= OLDEST_VERSION) return
  throw new UsageError(
    'POSTGRES_OLD',
    `${place} is PostgreSQL ${rows[0]?.['name']}; Cablegram needs 13 or later: update PostgreSQL.`,
  )
}

async function noticeRisks(connection: Connection, { onNotice, place }: Preparation): Promise<void> {
  const { rows } = await connection.ask({
    text: "SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS pages",
  })
  if (rows[0]?.['fsync'] === 'off' || rows[0]?.['pages'] === 'off')
    onNotice?.(
      `${place} may lose data at a power cut: fsync or full_page_writes is off in its configuration.`,
    )
}

const REFUSALS: Readonly<Record<string, (place: string, reason: string) => UsageError>> = {
  '28P01': refused,
  '28000': refused,
  '53300': full,
  '3D000': (place) =>
    new UsageError(
      'POSTGRES_DATABASE_MISSING',
      `The database ${place} does not exist: make it with \`createdb\`, or name another one.`,
    ),
  '42501': (place) =>
    new UsageError(
      'POSTGRES_RIGHTS_MISSING',
      `The user of ${place} may not make tables there: make this user the owner of the database.`,
    ),
  '25006': (place) =>
    new UsageError(
      'POSTGRES_READ_ONLY',
      `The database ${place} takes no writes: name the primary server, and not a replica.`,
    ),
}

function full(place: string): UsageError {
  return new UsageError(
    'POSTGRES_FULL',
    `PostgreSQL at ${place} has no connection left: raise its max_connections (a node takes up to 16), or end what uses the others.`,
  )
}

function refused(place: string, reason: string): UsageError {
  return new UsageError(
    'POSTGRES_REFUSED',
    `PostgreSQL at ${place} refused the login (${reason}): check the user and the password in the address, and pg_hba.conf.`,
  )
}

/** Errors without a SQLSTATE, which the client finds before PostgreSQL does. */
const BEFORE_LOGIN: readonly {
  readonly reason: RegExp
  readonly refusal: (place: string, reason: string) => UsageError
}[] = [
  {
    reason: /client password must be/,
    refusal: (place) =>
      new UsageError(
        'POSTGRES_REFUSED',
        `PostgreSQL at ${place} asks for a password: give it in the address, as postgres://USER:PASSWORD@HOST:5432/DATABASE.`,
      ),
  },
  {
    reason: /does not support SSL/,
    refusal: (place) =>
      new UsageError(
        'POSTGRES_TLS',
        `PostgreSQL at ${place} does not take TLS: turn on ssl in its configuration, or leave sslmode out of the address.`,
      ),
  },
  {
    reason: /certificate/i,
    refusal: (place, reason) =>
      new UsageError(
        'POSTGRES_TLS',
        `The certificate of PostgreSQL at ${place} is not trusted (${reason}): name the certificate of its authority in the ` +
          'address, as ?sslmode=verify-full&sslrootcert=FILE.',
      ),
  },
]

/** The error in one sentence with the next step. */
function explain(place: string, error: unknown): unknown {
  if (error instanceof UsageError) return error
  const state = sqlState(error)
  const reason = reasonOf(error instanceof Error && error.cause !== undefined ? error.cause : error)
  const known =
    state === undefined ? BEFORE_LOGIN.find((each) => each.reason.test(reason))?.refusal : REFUSALS[state]
  if (known !== undefined) return Object.assign(known(place, reason), { cause: error })
  if (state !== undefined && !/^(08|53|57P)/.test(state)) return error
  return new UsageError(
    'POSTGRES_UNREACHABLE',
    `PostgreSQL at ${place} cannot be reached (${reason}): check that it runs, and the host and port in the address.`,
    { cause: error },
  )
}

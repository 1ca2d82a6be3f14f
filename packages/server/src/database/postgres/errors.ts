/** Errors of PostgreSQL and of its connections, as the store reports them. */
import { StoreError } from '../errors.ts'

/** The connection ended before the decision did: nothing of it was done. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
}

/** The SQLSTATE of an error of the server; undefined for errors of other origin. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return /^[0-9A-Z]{5}$/.test(error.code) && 'severity' in error ? error.code : undefined
}

const ADMIN_SHUTDOWN = /^(57P0|08)/

/** Tells whether the server ends the connection or takes none now. */
function isShutdown(state: string | undefined): boolean {
  return state !== undefined && ADMIN_SHUTDOWN.test(state)
}

/** Tells whether the connection ends with this error of the server. */
export function endsConnection(error: unknown): boolean {
  if (isShutdown(sqlState(error))) return true
  const severity = error instanceof Error && 'severity' in error ? error.severity : undefined
  return severity === 'FATAL' || severity === 'PANIC'
}

/**
 * Serialization failure, deadlock, unique violation (another decision was quicker), foreign key violation (another decision has
 * deleted the row that a new one belongs to), a plan of before a migration.
 */
const TRANSIENT: ReadonlySet<string> = new Set(['40001', '40P01', '23505', '23503', '0A000'])

/** Tells whether the decision may succeed if it runs again. */
export function isTransient(error: unknown): boolean {
  const state = sqlState(error)
  return state !== undefined && TRANSIENT.has(state)
}

/** The error as the store's. Its `engineCode` is the SQLSTATE, read as a number of base 36. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  if (error instanceof ConnectionLost) return unreachable(error.cause ?? error)
  const state = sqlState(error)
  const options = { cause: error, engineCode: state === undefined ? undefined : Number.parseInt(state, 36) }
  switch (state) {
    case '53100':
      return new StoreError(
        'STORE_FULL',
        'the disk of PostgreSQL is full: nothing of this was written',
        options,
      )
    case '25006':
      return new StoreError(
        'STORE_READ_ONLY',
        'PostgreSQL takes no writes: it is a replica, or set so',
        options,
      )
    case '57014':
    case '55P03':
      return new StoreError('STORE_LATE', 'PostgreSQL took too long', options)
    case '53300':
      return new StoreError('STORE_UNREACHABLE', 'PostgreSQL has no connection left', options)
    default:
      return isShutdown(state)
        ? unreachable(error)
        : new StoreError('STORE_FAILED', 'the store could not do this', options)
  }
}

/** The error while PostgreSQL cannot be reached; the reason is in the sentence. */
export function unreachable(cause: unknown): StoreError {
  return new StoreError('STORE_UNREACHABLE', `PostgreSQL cannot be reached: ${reasonOf(cause)}`, { cause })
}

/** The reason of an error in a few words. Node's error for several addresses has no message of its own. */
export function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors[0])
  return cause instanceof Error ? cause.message : String(cause)
}

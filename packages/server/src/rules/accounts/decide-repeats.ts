import { bytes } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import { bytesToOutcome, outcomeToBytes } from './kept-outcome.ts'
import type { Authorized, PasswordNeeded, RequestRef } from './words.ts'

/** Outcomes kept for one key; the oldest goes first. */
const MAX_PER_KEY = 32

const OF_REQUEST = 'auth_key_id = :authKeyId AND digest = :digest'
const findOutcome = sql`SELECT sealed_outcome FROM granted_requests
  WHERE ${OF_REQUEST} AND forget_at_ms > :nowMs AND sealed_outcome IS NOT NULL`
const findUntold = sql`SELECT 1 FROM granted_requests
  WHERE ${OF_REQUEST} AND forget_at_ms > :nowMs AND sealed_outcome IS NULL`
const remove = sql`DELETE FROM granted_requests WHERE ${OF_REQUEST}`
const forget = sql`DELETE FROM granted_requests WHERE forget_at_ms <= :nowMs`
const forgetOldest = sql`DELETE FROM granted_requests WHERE auth_key_id = :authKeyId AND digest IN (
  SELECT digest FROM granted_requests WHERE auth_key_id = :authKeyId
  ORDER BY forget_at_ms DESC, digest LIMIT 1000000000 OFFSET ${MAX_PER_KEY})`
const insert = sql`INSERT INTO granted_requests (auth_key_id, digest, sealed_outcome, forget_at_ms)
  VALUES (:authKeyId, :digest, :sealed, :forgetAtMs)
  ON CONFLICT (auth_key_id, digest) DO UPDATE SET sealed_outcome = excluded.sealed_outcome,
    forget_at_ms = excluded.forget_at_ms`

/**
 * Decides, and remembers what a request was granted. A refusal of a request that was granted before is a repeat whose
 * answer was lost, and comes to the same outcome again: docs/adr/0022-lost-answers.md.
 *
 * The decision locks what it decides about, so that of two equal requests at once the second is refused after the first
 * has been remembered.
 *
 * @param request undefined: a repeat is refused
 * @param granted the outcome that a repeat is told; undefined if this outcome has changed nothing
 */
export function* repeatably<T>(
  secret: Secret,
  request: RequestRef | undefined,
  decision: Decision<T>,
  granted: (outcome: T) => T | undefined,
): Decision<T> {
  const outcome = yield* decision
  return request === undefined ? outcome : yield* rememberOrRepeat(secret, request, outcome, granted)
}

/** Remembers that a request was granted and that nobody has been told yet. */
export function* keepUntold(request: RequestRef): Decision<void> {
  yield* keep(request, null)
}

/** Tells whether a request was granted and nobody has been told. */
export function* isUntold({ authKeyId, digest, nowMs }: RequestRef): Decision<boolean> {
  return (yield* findUntold.row({ authKeyId, digest, nowMs })) !== undefined
}

/** Forgets a request whose answer is on its way. */
export function* forgetTold({ authKeyId, digest }: Pick<RequestRef, 'authKeyId' | 'digest'>): Decision<void> {
  yield* remove.send({ authKeyId, digest })
}

/** The outcome that the repeat of a login is told: the account's other sessions hear of a login once. */
export function repeatedLogin<T extends Authorized | PasswordNeeded | { readonly kind: 'dead' }>(
  outcome: T,
): T | undefined {
  if (outcome.kind === 'dead') return undefined
  return outcome.kind === 'authorized' ? { ...outcome, fresh: false } : outcome
}

/** The outcome that the repeat of a change is told, if the change was made. */
export function repeatedChange(isMade: boolean): true | undefined {
  return isMade || undefined
}

function* rememberOrRepeat<T>(
  secret: Secret,
  request: RequestRef,
  outcome: T,
  granted: (outcome: T) => T | undefined,
): Decision<T> {
  const { authKeyId, digest, nowMs } = request
  const toRepeat = granted(outcome)
  if (toRepeat !== undefined) {
    yield* keep(request, secret.seal(outcomeToBytes(toRepeat), sealedAs(authKeyId)))
    return outcome
  }
  const row = yield* findOutcome.row({ authKeyId, digest, nowMs })
  if (row === undefined) return outcome
  return bytesToOutcome(unseal(secret, bytes(row, 'sealed_outcome'), sealedAs(authKeyId))) as T
}

function* keep(
  { authKeyId, digest, nowMs, rememberedMs }: RequestRef,
  sealed: Uint8Array | null,
): Decision<void> {
  yield* forget.send({ nowMs })
  yield* insert.send({ authKeyId, digest, sealed, forgetAtMs: nowMs + rememberedMs })
  yield* forgetOldest.send({ authKeyId })
}

function sealedAs(authKeyId: bigint): string {
  return `granted request of ${authKeyId}`
}

import { deserialize, serialize } from 'node:v8'
import { bytes } from '../../database/columns.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import type { Database } from '../../database/sqlite/database.ts'
import type { Authorized, PasswordNeeded, RequestRef } from '../accounts/words.ts'

/** Requests that were granted, for when they come again; to be used inside a write. */
export interface Repeats {
  /**
   * Runs a decision. A granted outcome is kept, in the same write. A refusal of a request that was granted before is a
   * repeat whose answer was lost: it comes to the same outcome again.
   *
   * @param granted what a repeat is told of an outcome that has changed something; undefined for all others
   */
  decide<T>(request: RequestRef | undefined, run: () => T, granted: (outcome: T) => T | undefined): T
  /** Keeps that a request was granted and that nobody has been told yet. */
  keepUntold(request: RequestRef): void
  isUntold(request: RequestRef): boolean
  told(request: Pick<RequestRef, 'authKeyId' | 'digest'>): void
}

/** Outcomes kept for one key; the oldest goes first. */
const MAX_PER_KEY = 32

/** The memory of granted requests. Why it is known by key and bytes: docs/adr/0022-lost-answers.md. */
export function prepareRepeats(db: Database, secret: Secret): Repeats {
  const ofRequest = 'auth_key_id = :authKeyId AND digest = :digest'
  const find = db.prepare(
    `SELECT sealed_outcome FROM granted_requests
     WHERE ${ofRequest} AND forget_at_ms > :nowMs AND sealed_outcome IS NOT NULL`,
  )
  const findUntold = db.prepare(
    `SELECT 1 FROM granted_requests WHERE ${ofRequest} AND forget_at_ms > :nowMs AND sealed_outcome IS NULL`,
  )
  const remove = db.prepare(`DELETE FROM granted_requests WHERE ${ofRequest}`)
  const forget = db.prepare('DELETE FROM granted_requests WHERE forget_at_ms <= ?')
  const forgetOldest = db.prepare(
    `DELETE FROM granted_requests WHERE auth_key_id = :authKeyId AND digest IN (
       SELECT digest FROM granted_requests WHERE auth_key_id = :authKeyId
       ORDER BY forget_at_ms DESC LIMIT -1 OFFSET ${MAX_PER_KEY}
     )`,
  )
  const insert = db.prepare(
    `INSERT INTO granted_requests (auth_key_id, digest, sealed_outcome, forget_at_ms)
     VALUES (:authKeyId, :digest, :sealed, :forgetAtMs)
     ON CONFLICT (auth_key_id, digest) DO UPDATE SET sealed_outcome = excluded.sealed_outcome,
       forget_at_ms = excluded.forget_at_ms`,
  )

  function keep({ authKeyId, digest, nowMs, rememberedMs }: RequestRef, sealed: Uint8Array | null): void {
    forget.run(nowMs)
    insert.run({ authKeyId, digest, sealed, forgetAtMs: nowMs + rememberedMs })
    forgetOldest.run({ authKeyId })
  }

  return {
    decide<T>(request: RequestRef | undefined, run: () => T, granted: (outcome: T) => T | undefined) {
      const outcome = run()
      if (request === undefined) return outcome
      const { authKeyId, digest, nowMs } = request
      const toRepeat = granted(outcome)
      if (toRepeat !== undefined) {
        keep(request, secret.seal(serialize(toRepeat), sealedAs(authKeyId)))
        return outcome
      }
      const row = find.get({ authKeyId, digest, nowMs })
      if (row === undefined) return outcome
      return deserialize(unseal(secret, bytes(row, 'sealed_outcome'), sealedAs(authKeyId))) as T
    },
    keepUntold: (request) => keep(request, null),
    isUntold: ({ authKeyId, digest, nowMs }) => findUntold.get({ authKeyId, digest, nowMs }) !== undefined,
    told({ authKeyId, digest }) {
      remove.run({ authKeyId, digest })
    },
  }
}

/** What the repeat of a login is told: the account's other sessions hear of it once. */
export function repeatedLogin<T extends Authorized | PasswordNeeded | { readonly kind: 'dead' }>(
  outcome: T,
): T | undefined {
  if (outcome.kind === 'dead') return undefined
  return outcome.kind === 'authorized' ? { ...outcome, fresh: false } : outcome
}

/** What the repeat of a change is told that was made or not. */
export function repeatedChange(isMade: boolean): true | undefined {
  return isMade || undefined
}

function sealedAs(authKeyId: bigint): string {
  return `granted request of ${authKeyId}`
}

import { type Decision, sql } from '../../database/decision.ts'
import type { Database } from '../../database/sqlite/database.ts'
import type { CodeRef } from './words.ts'

/** The code that a hash stands for, and only for who it was issued to. */
export const OF_HOLDER =
  'phone_code_hash = :phoneCodeHash AND phone = :phone AND auth_key_id = :authKeyId AND dc_id = :dcId'

/** The parameters of {@link OF_HOLDER}, and no others: SQLite refuses names a statement does not have. */
export function holder({ phoneCodeHash, phone, authKeyId, dcId }: CodeRef): {
  phoneCodeHash: string
  phone: string
  authKeyId: bigint
  dcId: number
} {
  return { phoneCodeHash, phone, authKeyId, dcId }
}

const cancel = sql`
  UPDATE phone_codes SET state = 'cancelled' WHERE ${OF_HOLDER} AND state = 'active' AND expires_at_ms > :nowMs`

/** Ends a code that is live. @returns false if it is not */
export function* cancelCode(ref: CodeRef, nowMs: number): Decision<boolean> {
  return (yield* cancel.run({ ...holder(ref), nowMs })) > 0
}

/** Bridge for decisions that are still closures. */
export function prepareCancelCode(db: Database): (ref: CodeRef, nowMs: number) => boolean {
  return (ref, nowMs) => db.decide(cancelCode(ref, nowMs))
}

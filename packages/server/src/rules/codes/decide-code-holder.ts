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

/** What ends a code that is live; inside a write. False where none is. */
export function prepareCancelCode(db: Database): (ref: CodeRef, nowMs: number) => boolean {
  const cancel = db.prepare(
    `UPDATE phone_codes SET state = 'cancelled' WHERE ${OF_HOLDER} AND state = 'active' AND expires_at_ms > :nowMs`,
  )
  return (ref, nowMs) => cancel.run({ ...holder(ref), nowMs }).changes > 0
}

import { type Decision, sql } from '../../database/decision.ts'
import type { CodeRef } from './words.ts'

/** The code that a hash stands for, and only for the key, number and data centre it was issued to. */
export const OF_HOLDER =
  'phone_code_hash = :phoneCodeHash AND phone = :phone AND auth_key_id = :authKeyId AND dc_id = :dcId'

const cancel = sql`UPDATE phone_codes SET state = 'cancelled'
  WHERE ${OF_HOLDER} AND state = 'active' AND expires_at_ms > :nowMs`

/** The parameters of {@link OF_HOLDER}. */
export function holder({ phoneCodeHash, phone, authKeyId, dcId }: CodeRef): {
  phoneCodeHash: string
  phone: string
  authKeyId: bigint
  dcId: number
} {
  return { phoneCodeHash, phone, authKeyId, dcId }
}

/** Ends a code that is live. False if there is none. */
export function* endCode(ref: CodeRef, nowMs: number): Decision<boolean> {
  return (yield* cancel.run({ ...holder(ref), nowMs })) > 0
}

/** Ends all of these codes that are live. False if none of them is. */
export function* endCodes(refs: readonly CodeRef[], nowMs: number): Decision<boolean> {
  let hasEnded = false
  for (const ref of refs) if (yield* endCode(ref, nowMs)) hasEnded = true
  return hasEnded
}

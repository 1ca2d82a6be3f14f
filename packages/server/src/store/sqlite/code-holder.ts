import type { CodeRef } from '../port.ts'

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

import type { CodeRef } from '../../database/store.ts'
import type { Caller, CodeHash } from '../logins/words.ts'

/** The code that a caller's hash stands for. */
export function refOf({ authKeyId, dcId }: Caller, { phoneCodeHash }: CodeHash, phone: string): CodeRef {
  return { phoneCodeHash, phone, authKeyId, dcId }
}

import type { Caller } from '../../ground/caller.ts'
import type { CodeHash, CodeRef } from './words.ts'

/** The code that a caller's hash stands for. */
export function refOf({ authKeyId, dcId }: Caller, { phoneCodeHash }: CodeHash, phone: string): CodeRef {
  return { phoneCodeHash, phone, authKeyId, dcId }
}

import type { CodeRef } from '../../store/port.ts'
import type { Caller, CodeHash } from '../types.ts'

/** The code that a caller's hash stands for. */
export function refOf({ authKeyId, dcId }: Caller, { phoneCodeHash }: CodeHash, phone: string): CodeRef {
  return { phoneCodeHash, phone, authKeyId, dcId }
}

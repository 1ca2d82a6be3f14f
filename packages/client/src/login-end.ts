import { RpcError } from '@cablegram/mtproto'

/** Why a login ended, instead of an error's type: the key is one that the server answers with -404. */
export const KEY_LOST = 'KEY_LOST'

/** The server made the key void: it answers every call with this error, signing in again included. */
const VOID_KEY: ReadonlySet<string> = new Set(['AUTH_KEY_DUPLICATED', 'AUTH_KEY_INVALID'])
/** The server ended the login. Official clients go on with a new key. */
const ENDED_LOGIN: ReadonlySet<string> = new Set([
  'SESSION_REVOKED',
  'SESSION_EXPIRED',
  'USER_DEACTIVATED',
  'USER_DEACTIVATED_BAN',
])
/** Errors of code 401 that leave the login as it is: a password is missing, or a temporary key is not bound. */
const NO_END: ReadonlySet<string> = new Set(['SESSION_PASSWORD_NEEDED', 'AUTH_KEY_PERM_EMPTY'])

/**
 * Extent of what an error ends: the `key`; the `login`, if the session has one, and its key; the `authorization`, which the key
 * outlives; or nothing.
 */
export function endedBy({ code, type }: RpcError): 'key' | 'login' | 'authorization' | undefined {
  if (VOID_KEY.has(type)) return 'key'
  if (ENDED_LOGIN.has(type)) return 'login'
  return code === 401 && !NO_END.has(type) ? 'authorization' : undefined
}

/** Whether an error says that nobody is signed in, or no longer. */
export function saysSignedOut(error: unknown): error is RpcError {
  return error instanceof RpcError && (error.code === 401 || endedBy(error) !== undefined)
}

import type { RpcError } from '@cablegram/mtproto'

/** The next step after refusals that any call may meet, by type. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  AUTH_KEY_UNREGISTERED: 'Nobody is signed in on this session: sign in with client.start().',
  SESSION_EXPIRED: 'The login has expired: sign in again with client.start().',
  SESSION_REVOKED: 'The account has ended this login from another device: sign in again with client.start().',
  AUTH_KEY_DUPLICATED:
    'Two programs have used this session at once, and the server has ended it. Sign in again, with a session for each.',
  SESSION_PASSWORD_NEEDED: 'The account has a password: client.start() asks for it.',
  USER_DEACTIVATED: 'The account was deleted: sign in with another one.',
  USER_DEACTIVATED_BAN: 'The account was banned: sign in with another one.',
  ACCESS_TOKEN_INVALID: 'The token is not one of this server, or was revoked.',
  ACCESS_TOKEN_EXPIRED: 'The token was revoked: ask for a new one.',
  BOT_METHOD_INVALID: 'Bots may not call this method.',
  USER_BOT_REQUIRED: 'Only bots may call this method.',
  FLOOD_WAIT: 'Call again after so many seconds, or let the client wait for it: `floodWaitMaxS`.',
}

/**
 * Has an error print its method, its code and the next step, and the stack of the caller. Its `message` stays the text on the
 * wire.
 *
 * @param above the stack begins with the caller of this function
 */
export function showRefusal(error: RpcError, above: (...parameters: never[]) => unknown): void {
  Error.captureStackTrace?.(error, above)
  const { stack = '', type } = error
  // Only in V8 does a stack begin with the text of its error.
  const head = `${error.name}: ${error.message}`
  if (!stack.startsWith(head)) return
  const next = Object.hasOwn(NEXT_STEPS, type) ? `. ${NEXT_STEPS[type]}` : ''
  error.stack = `${error}${next}${stack.slice(head.length)}`
}

import { bool, int, long, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { authorize } from '../accounts/decide-authorizations.ts'
import { toUser } from '../accounts/decide-users.ts'
import type { Authorized } from '../accounts/words.ts'
import { forgiveFailures } from '../codes/decide-failures.ts'

const findPending = sql`SELECT * FROM pending_logins WHERE auth_key_id = :authKeyId`
const findOwn = sql`
  SELECT u.*, a.hash FROM authorizations a JOIN users u ON u.id = a.user_id WHERE a.auth_key_id = :authKeyId`
// One statement: a login that is completed meanwhile is in the one table or in the other.
const findHeld = sql`
  SELECT user_id FROM authorizations WHERE auth_key_id = :authKeyId
  UNION ALL SELECT user_id FROM pending_logins WHERE auth_key_id = :authKeyId`
const findUser = sql`SELECT * FROM users WHERE id = :userId`

/** The account that a key is signed in to, or whose password it waits for; undefined if there is none. */
export function* findHeldUserId(authKeyId: bigint): Decision<bigint | undefined> {
  const row = yield* findHeld.row({ authKeyId })
  return row && long(row, 'user_id')
}

/** The number of an account; empty if there is no such account any more. */
export function* findPhoneOf(userId: bigint): Decision<string> {
  const row = yield* findUser.row({ userId })
  return row === undefined ? '' : text(row, 'phone')
}

/** Tells whether a key is signed in to an account or waits for its password: that may have ended meanwhile. */
export function* holdsLogin(authKeyId: bigint, userId: bigint): Decision<boolean> {
  return (yield* findHeldUserId(authKeyId)) === userId
}

/** The login of a key to this account; undefined if it has none. */
export function* findSignedIn(authKeyId: bigint, userId: bigint): Decision<Authorized | undefined> {
  const own = yield* findOwn.row({ authKeyId })
  if (own === undefined || long(own, 'id') !== userId) return undefined
  return { kind: 'authorized', user: toUser(own), hash: long(own, 'hash'), fresh: false }
}

/**
 * Completes the login that waits for the password of this account. Another login that the key has begun meanwhile stays as
 * it is, and so does one that is complete already.
 */
export function* completeLogin(
  authKeyId: bigint,
  userId: bigint,
  nowMs: number,
): Decision<Authorized | undefined> {
  const pending = yield* findPending.row({ authKeyId })
  if (pending === undefined || long(pending, 'user_id') !== userId)
    return yield* findSignedIn(authKeyId, userId)
  const hash = long(pending, 'hash')
  const user = toUser((yield* findUser.row({ userId })) ?? {})
  yield* authorize({
    authKeyId,
    userId,
    hash,
    apiId: int(pending, 'api_id'),
    ip: text(pending, 'ip'),
    homeHash: null,
    confirmed: bool(pending, 'confirmed'),
    nowS: Math.floor(nowMs / 1000),
  })
  yield* forgiveFailures(user.phone)
  return { kind: 'authorized', user, hash, fresh: true }
}

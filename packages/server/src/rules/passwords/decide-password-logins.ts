import { bool, int, long, text } from '../../database/columns.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { prepareAuthorize } from '../accounts/decide-authorizations.ts'
import { toUser } from '../accounts/decide-users.ts'
import type { Authorized } from '../accounts/words.ts'
import { prepareFailures } from '../codes/decide-failures.ts'

/** Logins that wait for a password; to be used inside a write. */
export interface PasswordLogins {
  /** Whose password the key waits for. */
  pendingUserId(authKeyId: bigint): bigint | undefined
  /** Whether the key is signed in to the account, or waits for its password: it may not be any more what it was. */
  holds(authKeyId: bigint, userId: bigint): boolean
  /** The login that the key has already, to this account where one is named. */
  signedIn(authKeyId: bigint, userId?: bigint): Authorized | undefined
  /**
   * The end of a login that waits for the password of this account, and of no other that the key has begun to sign in
   * to meanwhile; one that is there already stays as it is.
   */
  logIn(authKeyId: bigint, userId: bigint, nowMs: number): Authorized | undefined
}

/** What a password that was given, or recovered, is the end of. */
export function preparePasswordLogins(db: Database): PasswordLogins {
  const findPending = db.prepare('SELECT * FROM pending_logins WHERE auth_key_id = ?')
  const findOwn = db.prepare(
    'SELECT u.*, a.hash FROM authorizations a JOIN users u ON u.id = a.user_id WHERE a.auth_key_id = ?',
  )
  const isHeld = db.prepare(
    `SELECT 1 FROM authorizations WHERE auth_key_id = :authKeyId AND user_id = :userId
     UNION ALL SELECT 1 FROM pending_logins WHERE auth_key_id = :authKeyId AND user_id = :userId`,
  )
  const findUser = db.prepare('SELECT * FROM users WHERE id = ?')
  const failures = prepareFailures(db)
  const authorize = prepareAuthorize(db)

  function signedIn(authKeyId: bigint, userId?: bigint): Authorized | undefined {
    const own = findOwn.get(authKeyId)
    if (own === undefined || (userId !== undefined && long(own, 'id') !== userId)) return undefined
    return { kind: 'authorized', user: toUser(own), hash: long(own, 'hash'), fresh: false }
  }

  return {
    pendingUserId(authKeyId) {
      const pending = findPending.get(authKeyId)
      return pending && long(pending, 'user_id')
    },
    holds: (authKeyId, userId) => isHeld.get({ authKeyId, userId }) !== undefined,
    signedIn,
    logIn(authKeyId, userId, nowMs) {
      const pending = findPending.get(authKeyId)
      if (pending === undefined || long(pending, 'user_id') !== userId) return signedIn(authKeyId, userId)
      const hash = long(pending, 'hash')
      const user = toUser(findUser.get(userId) ?? {})
      authorize({
        authKeyId,
        userId,
        hash,
        apiId: int(pending, 'api_id'),
        ip: text(pending, 'ip'),
        homeHash: null,
        confirmed: bool(pending, 'confirmed'),
        nowS: Math.floor(nowMs / 1000),
      })
      failures.forgive(user.phone)
      return { kind: 'authorized', user, hash, fresh: true }
    },
  }
}

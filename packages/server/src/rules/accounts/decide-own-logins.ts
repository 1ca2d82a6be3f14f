import { bool, int, long, type Row } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { endLoginOfKey, endPendingLogin, revokeLogins, tellKey, tellLogin } from './decide-ended-logins.ts'
import { repeatably } from './decide-repeats.ts'
import { toSession } from './decide-users.ts'
import type { ChangeLogin, ChangeLoginOutcome, EndLogin, OwnerOfLogins, OwnLogin } from './words.ts'

const COLUMNS = `k.client, coalesce(p.title, '') AS title FROM`
const JOINS = `t JOIN auth_keys k ON k.auth_key_id = t.auth_key_id LEFT JOIN apps p ON p.api_id = t.api_id`
const list = sql`
  SELECT t.*, 0 AS password_pending, ${COLUMNS} authorizations ${JOINS}
  WHERE t.user_id = :userId AND t.home_hash IS NULL ORDER BY t.active_at_s DESC, t.hash`
const listPending = sql`
  SELECT t.*, t.since_s AS created_at_s, t.since_s AS active_at_s, 1 AS password_pending, 0 AS unconfirmed,
    0 AS encrypted_requests_disabled, 0 AS call_requests_disabled, ${COLUMNS} pending_logins ${JOINS}
  WHERE t.user_id = :userId ORDER BY t.since_s DESC, t.hash`
// A login that was brought from another data centre is, to its owner, the one it came from.
const findOwn = sql`
  SELECT h.* FROM authorizations a JOIN authorizations h ON h.hash = coalesce(a.home_hash, a.hash)
  WHERE a.auth_key_id = :authKeyId`
const confirm = sql`
  UPDATE authorizations SET unconfirmed = 0
  WHERE user_id = :userId AND hash = :hash AND unconfirmed = 1 RETURNING auth_key_id`
const change = sql`
  UPDATE authorizations SET
    encrypted_requests_disabled = coalesce(:encryptedRequestsDisabled, encrypted_requests_disabled),
    call_requests_disabled = coalesce(:callRequestsDisabled, call_requests_disabled)
  WHERE user_id = :userId AND hash = :hash AND home_hash IS NULL RETURNING auth_key_id`
const findTtl = sql`SELECT authorization_ttl_days FROM users WHERE id = :userId`
const setTtl = sql`UPDATE users SET authorization_ttl_days = :days WHERE id = :userId`
const IS_OVER = 'a.active_at_s + u.authorization_ttl_days * 86400 <= :nowS'
const findExpired = sql`
  SELECT a.user_id FROM authorizations a JOIN users u ON u.id = a.user_id
  WHERE a.auth_key_id = :authKeyId AND ${IS_OVER}`
const listIdle = sql`
  SELECT a.auth_key_id FROM (SELECT * FROM authorizations ORDER BY active_at_s LIMIT :limit) a
  JOIN users u ON u.id = a.user_id WHERE ${IS_OVER}`
// Writes hold a row until the commit: a request that uses the login is noted before, and then the login is not over, or after.
const holdExpired = sql`
  UPDATE authorizations SET active_at_s = active_at_s WHERE auth_key_id = :authKeyId
  AND active_at_s <= :nowS - 86400 * (SELECT u.authorization_ttl_days FROM users u WHERE u.id = user_id)`
const holdPending = sql`
  UPDATE pending_logins SET since_s = since_s WHERE auth_key_id = :authKeyId AND since_s <= :sinceS`

/** Lists an account's logins: the most recently active first, then those that wait for a password; and the hash of the key's own. */
export function* listOwnLogins(
  userId: bigint,
  authKeyId: bigint,
): Decision<{ readonly logins: OwnLogin[]; readonly ownHash: bigint | undefined }> {
  const own = yield* findOwn.row({ authKeyId })
  const logins = [...(yield* list.rows({ userId })), ...(yield* listPending.rows({ userId }))].map(toOwnLogin)
  return { logins, ownHash: own && long(own, 'hash') }
}

/** Changes a login. The outcome is `unknown` also where this login may not confirm that one. */
export function* changeLogin({
  authKeyId,
  userId,
  hash,
  ...changes
}: ChangeLogin): Decision<ChangeLoginOutcome> {
  const own = yield* findOwn.row({ authKeyId })
  if (own === undefined) return 'unknown'
  const ownHash = long(own, 'hash')
  const target = hash === 0n ? ownHash : hash
  // A login that nobody has confirmed confirms none: neither itself nor a second stranger's.
  const isConfirmed = !bool(own, 'unconfirmed') || int(own, 'created_at_s') <= changes.confirmedBeforeS
  if (changes.confirmed && (target === ownHash || !isConfirmed)) return 'unknown'
  const changed = yield* change.row({
    userId,
    hash: target,
    encryptedRequestsDisabled: orNull(changes.encryptedRequestsDisabled),
    callRequestsDisabled: orNull(changes.callRequestsDisabled),
  })
  if (changed === undefined) return 'unknown'
  yield* tellKey(long(changed, 'auth_key_id'))
  const wasConfirmed = changes.confirmed && (yield* confirm.row({ userId, hash: target })) !== undefined
  if (!wasConfirmed) return 'changed'
  yield* tellLogin(userId, target, authKeyId)
  return 'confirmed'
}

/** Ends another login of the account. @returns the keys that were signed in with it, once; one's own login is `unknown` */
export function endLogin(secret: Secret, asked: EndLogin): Decision<bigint[] | 'unknown' | 'fresh'> {
  return repeatably(secret, asked.request, endOne(asked), (ended) => (Array.isArray(ended) ? [] : undefined))
}

function* endOne(asked: EndLogin): Decision<bigint[] | 'unknown' | 'fresh'> {
  const { userId, hash } = asked
  yield* alone('account', userId)
  const own = yield* ownHash(asked)
  if (own === 'fresh') return own
  if (own === undefined || own === hash) return 'unknown'
  const ended = yield* revokeLogins(userId, { only: hash })
  return ended.any ? ended.authKeyIds : 'unknown'
}

/** Ends all other logins of the account. @returns their keys */
export function* endOtherLogins(owner: OwnerOfLogins): Decision<bigint[] | 'fresh'> {
  yield* alone('account', owner.userId)
  const own = yield* ownHash(owner)
  if (own === 'fresh') return own
  return own === undefined ? [] : (yield* revokeLogins(owner.userId, { except: own })).authKeyIds
}

/** Tells after how many days without a request a login of the account ends. */
export function* findTtlDays(userId: bigint): Decision<number> {
  const row = yield* findTtl.row({ userId })
  return row === undefined ? 0 : int(row, 'authorization_ttl_days')
}

/** Says after how many days without a request a login of the account ends. */
export function* setTtlDays(owner: OwnerOfLogins, days: number): Decision<'changed' | 'fresh'> {
  yield* alone('account', owner.userId)
  const own = yield* ownHash(owner)
  if (own === 'fresh') return own
  if (own !== undefined) yield* setTtl.send({ userId: owner.userId, days })
  return 'changed'
}

/** The hash of the login that asks: undefined where nobody is signed in any more, `fresh` where somebody is since just now. */
function* ownHash({ authKeyId, signedInBeforeS }: OwnerOfLogins): Decision<bigint | 'fresh' | undefined> {
  const own = yield* findOwn.row({ authKeyId })
  if (own === undefined) return undefined
  return int(own, 'created_at_s') > signedInBeforeS ? 'fresh' : long(own, 'hash')
}

/**
 * Ends the key's login if its days are over: SESSION_EXPIRED. A request that uses the login at the same time keeps it, or
 * comes too late.
 *
 * @returns false if the login is not over
 */
export function* expireLogin(authKeyId: bigint, nowS: number): Decision<boolean> {
  const found = yield* findExpired.row({ authKeyId, nowS })
  if (found === undefined) return false
  yield* alone('account', long(found, 'user_id'))
  if ((yield* holdExpired.run({ authKeyId, nowS })) === 0) return false
  return yield* endLoginOfKey(authKeyId, 'SESSION_EXPIRED')
}

/** Lists the keys of those logins, of all that have been idle the longest, whose days are over. */
export function* listIdleLogins(limit: number, nowS: number): Decision<bigint[]> {
  return (yield* listIdle.rows({ limit, nowS })).map((row) => long(row, 'auth_key_id'))
}

/** Gives up a login that has waited for its password since then or longer. @returns false if there is none */
export function* expirePendingLogin(authKeyId: bigint, sinceS: number): Decision<boolean> {
  if ((yield* holdPending.run({ authKeyId, sinceS })) === 0) return false
  return yield* endPendingLogin(authKeyId)
}

/** Ends the key's login because others have the key, too: AUTH_KEY_DUPLICATED. @returns false where there was none */
export function* endDuplicatedLogin(authKeyId: bigint): Decision<boolean> {
  return yield* endLoginOfKey(authKeyId, 'AUTH_KEY_DUPLICATED')
}

function orNull(value: boolean | undefined): number | null {
  return value === undefined ? null : Number(value)
}

function toOwnLogin(row: Row): OwnLogin {
  return {
    ...toSession(row),
    passwordPending: bool(row, 'password_pending'),
    encryptedRequestsDisabled: bool(row, 'encrypted_requests_disabled'),
    callRequestsDisabled: bool(row, 'call_requests_disabled'),
  }
}

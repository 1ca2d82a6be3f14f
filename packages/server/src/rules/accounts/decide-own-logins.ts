import { bool, int, long, type Row } from '../../database/columns.ts'
import type { Secret } from '../../database/secret.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { prepareEnd } from './decide-authorizations.ts'
import { prepareRepeats } from './decide-repeats.ts'
import { toSession } from './decide-users.ts'
import type { AuthorizationStore, ChangeLogin, ChangeLoginOutcome, EndLogin, OwnLogin } from './words.ts'

/** What an account's owner sees of its logins, and does with them. */
export function createAuthorizationStore(db: Database, secret: Secret): AuthorizationStore {
  const columns = `k.client, coalesce(p.title, '') AS title FROM`
  const joins = `t JOIN auth_keys k ON k.auth_key_id = t.auth_key_id LEFT JOIN apps p ON p.api_id = t.api_id`
  const list = db.prepare(
    `SELECT t.*, 0 AS password_pending, ${columns} authorizations ${joins}
     WHERE t.user_id = ? AND t.home_hash IS NULL ORDER BY t.active_at_s DESC, t.hash`,
  )
  const listPending = db.prepare(
    `SELECT t.*, t.since_s AS created_at_s, t.since_s AS active_at_s, 1 AS password_pending, 0 AS unconfirmed,
       0 AS encrypted_requests_disabled, 0 AS call_requests_disabled, ${columns} pending_logins ${joins}
     WHERE t.user_id = ? ORDER BY t.since_s DESC, t.hash`,
  )
  // A login that was brought from another data centre is, to its owner, the one it came from.
  const findOwn = db.prepare(
    `SELECT h.* FROM authorizations a JOIN authorizations h ON h.hash = ifnull(a.home_hash, a.hash)
     WHERE a.auth_key_id = ?`,
  )
  const confirm = db.prepare(
    'UPDATE authorizations SET unconfirmed = 0 WHERE user_id = :userId AND hash = :hash AND unconfirmed RETURNING 1',
  )
  const change = db.prepare(
    `UPDATE authorizations SET
       encrypted_requests_disabled = ifnull(:encryptedRequestsDisabled, encrypted_requests_disabled),
       call_requests_disabled = ifnull(:callRequestsDisabled, call_requests_disabled)
     WHERE user_id = :userId AND hash = :hash AND home_hash IS NULL RETURNING 1`,
  )
  const findTtl = db.prepare('SELECT authorization_ttl_days FROM users WHERE id = ?')
  const setTtl = db.prepare('UPDATE users SET authorization_ttl_days = :days WHERE id = :userId')
  const expire = db.prepare(
    `UPDATE auth_keys SET revoked = 'SESSION_EXPIRED' WHERE auth_key_id = :authKeyId AND EXISTS (
       SELECT 1 FROM authorizations a JOIN users u ON u.id = a.user_id WHERE a.auth_key_id = :authKeyId
         AND a.active_at_s + u.authorization_ttl_days * 86400 <= :nowS
     ) RETURNING 1`,
  )
  const expireIdle = db.prepare(
    `UPDATE auth_keys SET revoked = 'SESSION_EXPIRED' WHERE auth_key_id IN (
       SELECT a.auth_key_id FROM (SELECT * FROM authorizations ORDER BY active_at_s LIMIT :limit) a
       JOIN users u ON u.id = a.user_id WHERE a.active_at_s + u.authorization_ttl_days * 86400 <= :nowS
     ) RETURNING auth_key_id`,
  )
  const endPending = db.prepare(
    'DELETE FROM pending_logins WHERE auth_key_id = :authKeyId AND since_s <= :sinceS',
  )
  const revokeDuplicated = db.prepare(
    `UPDATE auth_keys SET revoked = 'AUTH_KEY_DUPLICATED' WHERE auth_key_id IN (
       SELECT auth_key_id FROM authorizations WHERE auth_key_id = ?) RETURNING 1`,
  )
  const endOfKey = db.prepare('DELETE FROM authorizations WHERE auth_key_id = ?')
  const end = prepareEnd(db)
  const repeats = prepareRepeats(db, secret)

  /** Undefined where nobody is signed in on the key any more, `fresh` where it was not long enough ago. */
  function ownHash(authKeyId: bigint, since: number): bigint | 'fresh' | undefined {
    const own = findOwn.get(authKeyId)
    if (own === undefined) return undefined
    return int(own, 'created_at_s') > since ? 'fresh' : long(own, 'hash')
  }

  function changeOne({ authKeyId, userId, hash, ...changes }: ChangeLogin): ChangeLoginOutcome {
    const own = findOwn.get(authKeyId)
    if (own === undefined) return 'unknown'
    const ownHash = long(own, 'hash')
    const target = hash === 0n ? ownHash : hash
    // Who nobody has confirmed confirms nobody: neither itself nor a second stranger.
    const isConfirmed = !bool(own, 'unconfirmed') || int(own, 'created_at_s') <= changes.confirmedBeforeS
    if (changes.confirmed && (target === ownHash || !isConfirmed)) return 'unknown'
    const settings = {
      encryptedRequestsDisabled: orNull(changes.encryptedRequestsDisabled),
      callRequestsDisabled: orNull(changes.callRequestsDisabled),
    }
    if (change.get({ userId, hash: target, ...settings }) === undefined) return 'unknown'
    const wasConfirmed = changes.confirmed && confirm.get({ userId, hash: target }) !== undefined
    return wasConfirmed ? 'confirmed' : 'changed'
  }

  function endOne({ authKeyId, userId, hash, signedInBeforeS }: EndLogin): bigint[] | 'unknown' | 'fresh' {
    const own = ownHash(authKeyId, signedInBeforeS)
    if (own === 'fresh') return own
    if (own === undefined || own === hash) return 'unknown'
    const ended = end(userId, { only: hash })
    return ended.any ? ended.authKeyIds : 'unknown'
  }

  return {
    list: (userId, authKeyId) =>
      db.read(() => {
        const own = findOwn.get(authKeyId)
        const logins = [...list.all(userId), ...listPending.all(userId)].map(toOwnLogin)
        return { logins, ownHash: own && long(own, 'hash') }
      }),
    change: (request) => db.write(() => changeOne(request)),
    // The keys of a login that has ended are told once.
    end: (asked) =>
      db.write(() =>
        repeats.decide(
          asked.request,
          () => endOne(asked),
          (ended) => (Array.isArray(ended) ? [] : undefined),
        ),
      ),
    endOthers: ({ authKeyId, userId, signedInBeforeS }) =>
      db.write(() => {
        const own = ownHash(authKeyId, signedInBeforeS)
        if (own === 'fresh') return own
        return own === undefined ? [] : end(userId, { except: own }).authKeyIds
      }),
    ttlDays: (userId) =>
      db.read(() => {
        const row = findTtl.get(userId)
        return row === undefined ? 0 : int(row, 'authorization_ttl_days')
      }),
    setTtlDays: ({ authKeyId, userId, signedInBeforeS, days }) =>
      db.write(() => {
        const own = ownHash(authKeyId, signedInBeforeS)
        if (own === 'fresh') return own
        if (own !== undefined) setTtl.run({ userId, days })
        return 'changed'
      }),
    expire: (authKeyId, nowS) =>
      db.write(() => {
        const isExpired = expire.get({ authKeyId, nowS }) !== undefined
        if (isExpired) endOfKey.run(authKeyId)
        return isExpired
      }),
    expireIdle: (limit, nowS) =>
      db.write(() => {
        const expired = expireIdle.all({ limit, nowS }).map((row) => long(row, 'auth_key_id'))
        for (const authKeyId of expired) endOfKey.run(authKeyId)
        return expired
      }),
    expirePending: (authKeyId, sinceS) => db.write(() => endPending.run({ authKeyId, sinceS }).changes > 0),
    endDuplicated: (authKeyId) =>
      db.write(() => {
        const hadLogin = revokeDuplicated.get(authKeyId) !== undefined
        endOfKey.run(authKeyId)
        return hadLogin
      }),
  }
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

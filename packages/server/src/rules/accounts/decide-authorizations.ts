import { long, text } from '../../database/columns.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { prepareAudit } from './decide-audit.ts'
import { prepareKnownLogins } from './decide-known-logins.ts'
import { prepareAdoptPending } from './decide-pending-emails.ts'
import type { AuditEntry, PasswordNeeded } from './words.ts'

/** A login to put on a key. */
export interface Authorization {
  readonly authKeyId: bigint
  readonly userId: bigint
  readonly hash: bigint
  readonly apiId: number
  readonly ip: string
  /** The login it was brought from; null: none, it is at home here. */
  readonly homeHash: bigint | null
  /** Somebody who was signed in has let it in: nobody has to say so again. */
  readonly confirmed?: boolean
  readonly nowS: number
}

/** What puts a login on a key in place of any other; inside a write. */
export function prepareAuthorize(db: Database): (authorization: Authorization) => void {
  // Deleted, not changed: what came from the login before goes with it.
  const end = db.prepare('DELETE FROM authorizations WHERE auth_key_id = ?')
  const insert = db.prepare(
    `INSERT INTO authorizations
       (auth_key_id, user_id, hash, api_id, ip, home_hash, created_at_s, active_at_s, is_bot, unconfirmed)
     VALUES (:authKeyId, :userId, :hash, :apiId, :ip, :homeHash, :nowS, :nowS,
       (SELECT is_bot FROM users WHERE id = :userId),
       NOT :confirmed AND :homeHash IS NULL AND EXISTS (SELECT 1 FROM authorizations WHERE user_id = :userId))`,
  )
  const adoptEmail = prepareAdoptPending(db)
  const endPending = db.prepare('DELETE FROM pending_logins WHERE auth_key_id = ?')
  const use = db.prepare('UPDATE auth_keys SET revoked = NULL, has_signed_in = 1 WHERE auth_key_id = ?')
  const audit = prepareAudit(db)
  const known = prepareKnownLogins(db)
  return ({ confirmed, ...authorization }) => {
    end.run(authorization.authKeyId)
    adoptEmail(authorization.authKeyId, authorization.userId)
    endPending.run(authorization.authKeyId)
    insert.run({ ...authorization, confirmed: Number(confirmed ?? false) })
    use.run(authorization.authKeyId)
    const { userId, authKeyId, ip, nowS } = authorization
    known.note(userId, authKeyId, ip, nowS)
    // What a login brings to another data centre is no other one.
    if (authorization.homeHash === null) audit(auditOf('signedIn', authorization))
  }
}

function auditOf(action: string, { nowS, userId, ip, apiId }: Omit<Authorization, 'confirmed'>): AuditEntry {
  return { atMs: nowS * 1000, action, userId, ip, apiId }
}

/**
 * What a right first factor does, inside a write: signs the key in, or, where the account has a password, makes it
 * wait for that. A pending login grants nothing.
 */
export function prepareFirstFactor(
  db: Database,
): (authorization: Authorization) => { readonly kind: 'authorized' } | PasswordNeeded {
  const findPassword = db.prepare('SELECT 1 FROM passwords WHERE user_id = ?')
  const pend = db.prepare(
    `INSERT INTO pending_logins (auth_key_id, user_id, hash, api_id, ip, since_s, confirmed)
     VALUES (:authKeyId, :userId, :hash, :apiId, :ip, :nowS, :confirmed)
     ON CONFLICT (auth_key_id) DO UPDATE SET user_id = excluded.user_id, hash = excluded.hash,
       api_id = excluded.api_id, ip = excluded.ip, since_s = excluded.since_s, confirmed = excluded.confirmed,
       login_email = NULL`,
  )
  // A key is in one state: who begins to sign in as somebody with a password is nobody else any more.
  const end = db.prepare('DELETE FROM authorizations WHERE auth_key_id = ?')
  const authorize = prepareAuthorize(db)
  const audit = prepareAudit(db)
  return (authorization) => {
    if (findPassword.get(authorization.userId) === undefined) {
      authorize(authorization)
      return { kind: 'authorized' }
    }
    const { homeHash: _, confirmed, ...pending } = authorization
    end.run(authorization.authKeyId)
    pend.run({ ...pending, confirmed: Number(confirmed ?? false) })
    audit(auditOf('passwordAsked', authorization))
    return { kind: 'passwordNeeded' }
  }
}

/** Logins that are ended from elsewhere. */
export interface Ended {
  /** Their keys, now revoked. */
  readonly authKeyIds: bigint[]
  /** Whether there was anything to end: a login that nobody has collected yet is on no key. */
  readonly any: boolean
}

/**
 * What ends logins of a user from elsewhere, inside a write, with those that were brought from them to other data
 * centres: the one with this hash, or all but that one. So does it with logins that wait for a password, or to be
 * collected. Ending all others, or all, also ends what log-outs left for logins to come.
 */
export function prepareEnd(
  db: Database,
): (userId: bigint, which: { readonly only: bigint } | { readonly except: bigint | null }) => Ended {
  const isMeant = (hash: string): string => `user_id = :userId AND (${hash} = :hash) = :isOnly`
  const revoke = db.prepare(
    `UPDATE auth_keys SET revoked = 'SESSION_REVOKED' WHERE auth_key_id IN (
       SELECT auth_key_id FROM authorizations WHERE ${isMeant('ifnull(home_hash, hash)')}
       UNION SELECT auth_key_id FROM pending_logins WHERE ${isMeant('hash')}
     ) RETURNING auth_key_id`,
  )
  const listLogins = db.prepare(
    `SELECT auth_key_id, ip FROM authorizations WHERE ${isMeant('ifnull(home_hash, hash)')}`,
  )
  const endLogins = db.prepare(`DELETE FROM authorizations WHERE ${isMeant('ifnull(home_hash, hash)')}`)
  const known = prepareKnownLogins(db)
  const endPending = db.prepare(`DELETE FROM pending_logins WHERE ${isMeant('hash')}`)
  const endUncollected = db.prepare(
    `DELETE FROM login_tokens WHERE ${isMeant('hash')} AND state IN ('accepted', 'moved')`,
  )
  const endFuture = db.prepare('DELETE FROM future_tokens WHERE user_id = ? AND login_hash IS NULL')
  return (userId, which) => {
    // No login has the hash 0.
    const hash = 'only' in which ? which.only : (which.except ?? 0n)
    const meant = { userId, hash, isOnly: Number('only' in which) }
    const authKeyIds = revoke.all(meant).map((row) => long(row, 'auth_key_id'))
    const ended = listLogins.all(meant)
    known.forget(
      userId,
      ended.map((row) => ({ authKeyId: long(row, 'auth_key_id'), ip: text(row, 'ip') })),
    )
    endLogins.run(meant)
    endPending.run(meant)
    if ('except' in which) endFuture.run(userId)
    const any = endUncollected.run(meant).changes > 0 || authKeyIds.length > 0
    return { authKeyIds, any }
  }
}

import { alone, type Decision, sql } from '../../database/decision.ts'
import { addAuditEntry } from './decide-audit.ts'
import { endLoginOfKey, endPendingLogin, tellKey, tellLogin } from './decide-ended-logins.ts'
import { noteKnownLogin } from './decide-known-logins.ts'
import { adoptPendingEmail } from './decide-login-emails.ts'
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

const insert = sql`
  INSERT INTO authorizations
    (auth_key_id, user_id, hash, api_id, ip, home_hash, created_at_s, active_at_s, is_bot, unconfirmed)
  VALUES (:authKeyId, :userId, :hash, :apiId, :ip, :homeHash, :nowS, :nowS,
    (SELECT is_bot FROM users WHERE id = :userId),
    CASE WHEN :confirmed = 0 AND CAST(:homeHash AS BIGINT) IS NULL
      AND EXISTS (SELECT 1 FROM authorizations WHERE user_id = :userId) THEN 1 ELSE 0 END)`
const use = sql`UPDATE auth_keys SET revoked = NULL, has_signed_in = 1, signed_out = 0 WHERE auth_key_id = :authKeyId`

/** Puts a login on a key, in place of any other. */
export function* authorize(authorization: Authorization): Decision<void> {
  const { userId, authKeyId, hash, apiId, ip, homeHash, confirmed, nowS } = authorization
  yield* alone('account', userId)
  // Deleted, not changed: what came from the login before goes with it.
  yield* endLoginOfKey(authKeyId)
  yield* adoptPendingEmail(authKeyId, userId)
  yield* endPendingLogin(authKeyId)
  yield* insert.send({
    authKeyId,
    userId,
    hash,
    apiId,
    ip,
    homeHash,
    nowS,
    confirmed: Number(confirmed ?? false),
  })
  yield* use.send({ authKeyId })
  yield* noteKnownLogin(userId, { authKeyId, ip }, nowS)
  // A login that was brought to another data centre is no new one.
  if (homeHash === null) {
    yield* tellLogin(userId, hash, authKeyId)
    yield* addAuditEntry(auditOf('signedIn', authorization))
  }
  // After the news of the login: a subscriber that knows whose the key is need not read its record.
  yield* tellKey(authKeyId)
}

function auditOf(action: string, { nowS, userId, ip, apiId }: Authorization): AuditEntry {
  return { atMs: nowS * 1000, action, userId, ip, apiId }
}

const findPassword = sql`SELECT 1 FROM passwords WHERE user_id = :userId`
const pend = sql`
  INSERT INTO pending_logins (auth_key_id, user_id, hash, api_id, ip, since_s, confirmed)
  VALUES (:authKeyId, :userId, :hash, :apiId, :ip, :nowS, :confirmed)`

/**
 * Does what a right first factor does: signs the key in, or, where the account has a password, makes the login wait for
 * that. A pending login grants nothing.
 */
export function* passFirstFactor(
  authorization: Authorization,
): Decision<{ readonly kind: 'authorized' } | PasswordNeeded> {
  const { userId, authKeyId, hash, apiId, ip, confirmed, nowS } = authorization
  yield* alone('account', userId)
  if ((yield* findPassword.row({ userId })) === undefined) {
    yield* authorize(authorization)
    return { kind: 'authorized' }
  }
  // A key is in one state: a person who begins to sign in with a password is nobody else any more.
  yield* endLoginOfKey(authKeyId)
  yield* endPendingLogin(authKeyId)
  yield* pend.send({ authKeyId, userId, hash, apiId, ip, nowS, confirmed: Number(confirmed ?? false) })
  yield* tellKey(authKeyId)
  yield* addAuditEntry(auditOf('passwordAsked', authorization))
  return { kind: 'passwordNeeded' }
}

import type { PasswordNeeded } from '../port.ts'
import type { Database } from './database.ts'

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
       (auth_key_id, user_id, hash, api_id, ip, home_hash, created_at_s, active_at_s, unconfirmed)
     VALUES (:authKeyId, :userId, :hash, :apiId, :ip, :homeHash, :nowS, :nowS,
       NOT :confirmed AND :homeHash IS NULL AND EXISTS (SELECT 1 FROM authorizations WHERE user_id = :userId))`,
  )
  const endPending = db.prepare('DELETE FROM pending_logins WHERE auth_key_id = ?')
  const use = db.prepare('UPDATE auth_keys SET revoked = NULL, has_signed_in = 1 WHERE auth_key_id = ?')
  return ({ confirmed, ...authorization }) => {
    end.run(authorization.authKeyId)
    endPending.run(authorization.authKeyId)
    insert.run({ ...authorization, confirmed: Number(confirmed ?? false) })
    use.run(authorization.authKeyId)
  }
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
       api_id = excluded.api_id, ip = excluded.ip, since_s = excluded.since_s, confirmed = excluded.confirmed`,
  )
  const authorize = prepareAuthorize(db)
  return (authorization) => {
    if (findPassword.get(authorization.userId) === undefined) {
      authorize(authorization)
      return { kind: 'authorized' }
    }
    const { homeHash: _, confirmed, ...pending } = authorization
    pend.run({ ...pending, confirmed: Number(confirmed ?? false) })
    return { kind: 'passwordNeeded' }
  }
}

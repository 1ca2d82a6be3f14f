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
  readonly nowS: number
}

/** What puts a login on a key in place of any other; inside a write. */
export function prepareAuthorize(db: Database): (authorization: Authorization) => void {
  // Deleted, not changed: what came from the login before goes with it.
  const end = db.prepare('DELETE FROM authorizations WHERE auth_key_id = ?')
  const insert = db.prepare(
    `INSERT INTO authorizations (auth_key_id, user_id, hash, api_id, ip, home_hash, created_at_s, active_at_s)
     VALUES (:authKeyId, :userId, :hash, :apiId, :ip, :homeHash, :nowS, :nowS)`,
  )
  const use = db.prepare('UPDATE auth_keys SET revoked = NULL, has_signed_in = 1 WHERE auth_key_id = ?')
  return (authorization) => {
    end.run(authorization.authKeyId)
    insert.run({ ...authorization })
    use.run(authorization.authKeyId)
  }
}

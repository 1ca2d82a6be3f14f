import { bool, int, isNull, long, type Row, text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import type { Database } from '../../database/sqlite/database.ts'
import {
  endLogins,
  endPendingLoginsOfUser,
  keysOf,
  listLoginsOfUser,
  revokeLogins,
} from './decide-ended-logins.ts'
import { clientOf } from './decide-keys.ts'
import type { Session, User, UserStore } from './words.ts'

/** The statement that makes an account, or nothing where the number is taken: one winner. */
export const INSERT_USER = `INSERT INTO users (access_hash, phone, first_name, last_name, created_at_s)
  VALUES (:accessHash, :phone, :firstName, :lastName, :createdAtS) ON CONFLICT (phone) DO NOTHING RETURNING *`

/** Accounts and their sessions. */
export function createUserStore(db: Database): UserStore {
  const insert = db.prepare(INSERT_USER)
  const findById = db.prepare('SELECT * FROM users WHERE id = ?')
  const findByPhone = db.prepare('SELECT * FROM users WHERE phone = ?')
  const findHome = db.prepare('SELECT home_dc FROM users WHERE phone = ?')
  const findOtherLogin = db.prepare(
    `SELECT 1 FROM users u JOIN authorizations a ON a.user_id = u.id
     WHERE u.phone = :phone AND a.auth_key_id <> :authKeyId AND a.home_hash IS NULL
       AND a.active_at_s + u.authorization_ttl_days * 86400 > :nowS LIMIT 1`,
  )
  const findByUsername = db.prepare('SELECT * FROM users WHERE username = ? COLLATE NOCASE')
  const list = db.prepare('SELECT * FROM users WHERE NOT is_bot ORDER BY id LIMIT ?')
  const sessions = db.prepare(
    `SELECT a.*, k.client, coalesce(p.title, '') AS title FROM authorizations a
     JOIN auth_keys k ON k.auth_key_id = a.auth_key_id LEFT JOIN apps p ON p.api_id = a.api_id
     WHERE a.user_id = ? AND a.home_hash IS NULL ORDER BY a.created_at_s, a.hash`,
  )
  const findTerms = db.prepare('SELECT terms_id FROM accepted_terms WHERE user_id = ?')
  const keepTerms = db.prepare(
    `INSERT INTO accepted_terms (user_id, terms_id, at_s) SELECT id, :termsId, :nowS FROM users WHERE id = :userId
     ON CONFLICT (user_id) DO UPDATE SET terms_id = excluded.terms_id, at_s = excluded.at_s`,
  )

  return {
    create: (user) =>
      db.write(() => {
        const row = insert.get({ ...user })
        return row && toUser(row)
      }),
    find: (ids) =>
      db.read(() => ids.map((id) => findById.get(id)).flatMap((row) => (row ? toUser(row) : []))),
    findByPhone: (phone) =>
      db.read(() => {
        const row = findByPhone.get(phone)
        return row && toUser(row)
      }),
    findByUsername: (username) =>
      db.read(() => {
        const row = findByUsername.get(username)
        return row && toUser(row)
      }),
    homeDc: (phone) =>
      db.read(() => {
        const row = findHome.get(phone)
        return row === undefined || isNull(row, 'home_dc') ? undefined : int(row, 'home_dc')
      }),
    hasOtherLogin: (phone, authKeyId, nowS) =>
      db.read(() => findOtherLogin.get({ phone, authKeyId, nowS }) !== undefined),
    list: (limit) => db.read(() => list.all(limit).map(toUser)),
    sessions: (userId) => db.read(() => sessions.all(userId).map(toSession)),
    acceptedTerms: (userId) =>
      db.read(() => {
        const row = findTerms.get(userId)
        return row && text(row, 'terms_id')
      }),
    async acceptTerms(userId, termsId, nowS) {
      await db.write(() => keepTerms.run({ userId, termsId, nowS }))
    },
    remove: (userId) => db.write(() => db.decide(removeUser(userId))),
    removeSession: (userId, hash) =>
      db.write(() => db.decide(revokeLogins(userId, { only: hash })).authKeyIds),
  }
}

const deleteUser = sql`DELETE FROM users WHERE id = :userId`

/**
 * Deletes an account. Its keys are revoked, but for the one that asks for it, which is signed out.
 *
 * @returns the revoked keys; undefined where there is no such account
 */
export function* removeUser(userId: bigint, ownKeyId?: bigint): Decision<bigint[] | undefined> {
  yield* alone('account', userId)
  const logins = yield* listLoginsOfUser(userId)
  const others = logins.filter((row) => long(row, 'auth_key_id') !== ownKeyId)
  yield* endLogins(others, 'USER_DEACTIVATED')
  yield* endLogins(logins.filter((row) => !others.includes(row)))
  yield* endPendingLoginsOfUser(userId)
  const isGone = (yield* deleteUser.run({ userId })) > 0
  return isGone ? keysOf(others) : undefined
}

/** Bridge for decisions that are still closures. */
export function prepareRemoveUser(
  db: Database,
): (userId: bigint, ownKeyId: bigint | undefined) => bigint[] | undefined {
  return (userId, ownKeyId) => db.decide(removeUser(userId, ownKeyId))
}

/** An account from its row. */
export function toUser(row: Row): User {
  const isBot = bool(row, 'is_bot')
  return {
    id: long(row, 'id'),
    accessHash: long(row, 'access_hash'),
    phone: isBot ? '' : text(row, 'phone'),
    firstName: text(row, 'first_name'),
    lastName: text(row, 'last_name'),
    isBot,
    username: isNull(row, 'username') ? undefined : text(row, 'username'),
    createdAtS: int(row, 'created_at_s'),
  }
}

/** A login from its row, with `client` of its key and `title` of its app. */
export function toSession(row: Row): Session {
  return {
    authKeyId: long(row, 'auth_key_id'),
    userId: long(row, 'user_id'),
    hash: long(row, 'hash'),
    apiId: int(row, 'api_id'),
    appTitle: text(row, 'title'),
    client: clientOf(row),
    ip: text(row, 'ip'),
    createdAtS: int(row, 'created_at_s'),
    activeAtS: int(row, 'active_at_s'),
    unconfirmed: bool(row, 'unconfirmed'),
  }
}

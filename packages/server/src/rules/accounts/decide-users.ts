import { bool, int, isNull, long, type Row, text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { IS_IN } from '../../database/roles.ts'
import { insertAccount } from './decide-account-ids.ts'
import { createBox, removeBox } from './decide-boxes.ts'
import { endLogins, endPendingLoginsOfUser, keysOf, listLoginsOfUser } from './decide-ended-logins.ts'
import { clientOf } from './decide-keys.ts'
import { freeName } from './decide-usernames.ts'
import type { NewUser, Session, User } from './words.ts'

const insert = sql`
  INSERT INTO users (access_hash, phone, first_name, last_name, created_at_s)
  VALUES (:accessHash, :phone, :firstName, :lastName, :createdAtS) ON CONFLICT (phone) DO NOTHING RETURNING *`
const findById = sql`SELECT * FROM users WHERE id = :userId`
const findByPhone = sql`SELECT * FROM users WHERE phone = :phone`
const findOtherLogin = sql`
  SELECT 1 FROM users u JOIN authorizations a ON a.user_id = u.id
  WHERE u.phone = :phone AND a.auth_key_id <> :authKeyId AND a.home_hash IS NULL
    AND a.active_at_s + u.authorization_ttl_days * 86400 > :nowS LIMIT 1`
const findByName = sql`
  SELECT u.* FROM usernames n JOIN users u ON u.id = n.peer_id WHERE n.name = :name`
const list = sql`SELECT * FROM users WHERE is_bot = 0 ORDER BY id LIMIT :limit`
const listLogins = sql`
  SELECT a.*, k.client, coalesce(p.title, '') AS title FROM authorizations a
  JOIN auth_keys k ON k.auth_key_id = a.auth_key_id LEFT JOIN apps p ON p.api_id = a.api_id
  WHERE a.user_id = :userId AND a.home_hash IS NULL ORDER BY a.created_at_s, a.hash`
const findTerms = sql`SELECT terms_id FROM accepted_terms WHERE user_id = :userId`
const keepTerms = sql`
  INSERT INTO accepted_terms (user_id, terms_id, at_s) SELECT id, :termsId, :nowS FROM users WHERE id = :userId
  ON CONFLICT (user_id) DO UPDATE SET terms_id = excluded.terms_id, at_s = excluded.at_s`

/** Makes an account with its message box. @returns undefined where the number is taken: one winner */
export function* createUser(user: NewUser): Decision<User | undefined> {
  const made = toOptional(yield* insertAccount(insert, { ...user }))
  if (made !== undefined) yield* createBox(made.id)
  return made
}

/** Finds accounts; ids without one are left out. */
export function* findUsers(ids: readonly bigint[]): Decision<User[]> {
  const users: User[] = []
  for (const userId of ids) {
    const row = yield* findById.row({ userId })
    if (row !== undefined) users.push(toUser(row))
  }
  return users
}

/** Finds the account of a number. */
export function* findUserByPhone(phone: string): Decision<User | undefined> {
  return toOptional(yield* findByPhone.row({ phone }))
}

/** Finds the account of a name, whatever capitals the name is written with. */
export function* findUserByName(username: string): Decision<User | undefined> {
  return toOptional(yield* findByName.row({ name: username.toLowerCase() }))
}

/** Stands for the number of a contact who was added without one. No number begins like this. */
export function contactPhone(userId: bigint): string {
  return `@${userId}`
}

/** Tells whether the account of a number, where there is one, is signed in on a key other than this one. */
export function* hasOtherLogin(phone: string, authKeyId: bigint, nowS: number): Decision<boolean> {
  return (yield* findOtherLogin.row({ phone, authKeyId, nowS })) !== undefined
}

/** Lists accounts by id, without bots. */
export function* listUsers(limit: number): Decision<User[]> {
  return (yield* list.rows({ limit })).map(toUser)
}

/** Lists the logins of an account, oldest first, without those brought from another data centre. */
export function* listSessions(userId: bigint): Decision<Session[]> {
  return (yield* listLogins.rows({ userId })).map(toSession)
}

/** Finds the id of the terms of service that an account has accepted last. */
export function* findAcceptedTerms(userId: bigint): Decision<string | undefined> {
  const row = yield* findTerms.row({ userId })
  return row && text(row, 'terms_id')
}

/** Keeps that an account has accepted these terms of service. */
export function* acceptTerms(userId: bigint, termsId: string, nowS: number): Decision<void> {
  yield* keepTerms.send({ userId, termsId, nowS })
}

const MEMBERSHIPS = `user_id = :userId AND ${IS_IN}`
const countFarewells = sql`
  UPDATE chats SET version = version + 1 WHERE chat_id IN (SELECT chat_id FROM chat_members WHERE ${MEMBERSHIPS})`
const leaveGroups = sql`UPDATE chat_members SET role = 'left' WHERE ${MEMBERSHIPS}`
const deleteUser = sql`DELETE FROM users WHERE id = :userId`
const leaveAddressBooks = sql`UPDATE contacts SET contact_id = 0 WHERE contact_id = :userId AND contact_id > 0`
const endNamedContacts = sql`DELETE FROM contacts WHERE phone = :phone AND contact_id = 0`

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
  yield* removeBox(userId)
  yield* freeName(userId)
  yield* leaveAddressBooks.send({ userId })
  yield* endNamedContacts.send({ phone: contactPhone(userId) })
  for (const statement of [countFarewells, leaveGroups]) yield* statement.send({ userId })
  const isGone = (yield* deleteUser.run({ userId })) > 0
  return isGone ? keysOf(others) : undefined
}

function toOptional(row: Row | undefined): User | undefined {
  return row && toUser(row)
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

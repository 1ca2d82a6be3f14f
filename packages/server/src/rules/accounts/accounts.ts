import type { Ground } from '../../ground/ground.ts'
import { refusal } from '../refusal.ts'
import { revokeLogins } from './decide-ended-logins.ts'
import { findUserByName, findUserByPhone, findUsers, listUsers } from './decide-users.ts'
import { SERVICE_USER } from './service-user.ts'
import type { User } from './words.ts'

/** A name that can be somebody's, if not of anybody here. */
const USERNAME = /^[a-z]\w{0,31}$/i

/** More accounts than the console lists at once. */
const LIST_LIMIT = 1000

/** Finds accounts in the order asked for, the service user among them; ids without an account are left out. */
export async function findAccounts({ store }: Ground, ids: readonly bigint[]): Promise<User[]> {
  const users = [SERVICE_USER, ...(await store.look(() => findUsers(ids)))]
  const found = new Map(users.map((user) => [user.id, user]))
  return ids.flatMap((id) => found.get(id) ?? [])
}

/**
 * Finds the account of a name. Bots have names, and accounts that the console gave one.
 *
 * @throws {RpcError} USERNAME_INVALID, USERNAME_NOT_OCCUPIED
 */
export async function findAccountByName({ store }: Ground, username: string): Promise<User> {
  if (!USERNAME.test(username)) throw refusal('USERNAME_INVALID')
  const user = await store.look(() => findUserByName(username))
  if (user === undefined) throw refusal('USERNAME_NOT_OCCUPIED')
  return user
}

/** Lists accounts. @param phone digits only; undefined: all accounts */
export async function listAccounts({ store }: Ground, phone?: string): Promise<User[]> {
  if (phone === undefined) return await store.look(() => listUsers(LIST_LIMIT))
  const user = await store.look(() => findUserByPhone(phone))
  return user === undefined ? [] : [user]
}

/** Signs a session out with SESSION_REVOKED. @returns false where there is no such session */
export async function removeSession({ store }: Ground, userId: bigint, hash: bigint): Promise<boolean> {
  if (!isLong(userId) || !isLong(hash)) return false
  const { authKeyIds } = await store.decide(() => revokeLogins(userId, { only: hash }))
  return authKeyIds.length > 0
}

/** Ids come from URLs, too: one with more than 64 bits names nothing. */
function isLong(id: bigint): boolean {
  return BigInt.asIntN(64, id) === id
}

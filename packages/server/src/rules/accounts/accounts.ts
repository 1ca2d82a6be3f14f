import type { Store } from '../../database/store.ts'
import { refusal } from '../refusal.ts'
import { SERVICE_USER } from './service-user.ts'
import type { Session, User } from './words.ts'

/** Accounts and where they are signed in. */
export interface Accounts {
  /** In the order asked for, the service user among them; ids without an account are left out. */
  byIds(ids: readonly bigint[]): Promise<User[]>
  /** Bots have names, and accounts that the console gave one. @throws {RpcError} USERNAME_INVALID, USERNAME_NOT_OCCUPIED */
  byUsername(username: string): Promise<User>
  /** @param phone digits only; undefined: all accounts */
  list(phone?: string): Promise<User[]>
  /** Oldest first. */
  sessions(userId: bigint): Promise<Session[]>
  /** Signs every session out with USER_DEACTIVATED. False where there is no such account. */
  remove(userId: bigint): Promise<boolean>
  /** Signs the session out with SESSION_REVOKED. False where there is no such session. */
  removeSession(userId: bigint, hash: bigint): Promise<boolean>
}

/** What can be a name, if not of anybody here. */
const USERNAME = /^[a-z]\w{0,31}$/i

/** More accounts than the console lists at once. */
const LIST_LIMIT = 1000

/** The rules of accounts. */
export function createAccounts({ store }: { readonly store: Store }): Accounts {
  return {
    async byIds(ids) {
      const users = [SERVICE_USER, ...(await store.users.find(ids))]
      const found = new Map(users.map((user) => [user.id, user]))
      return ids.flatMap((id) => found.get(id) ?? [])
    },
    async byUsername(username) {
      if (!USERNAME.test(username)) throw refusal('USERNAME_INVALID')
      const user = await store.users.findByUsername(username)
      if (user === undefined) throw refusal('USERNAME_NOT_OCCUPIED')
      return user
    },
    async list(phone) {
      if (phone === undefined) return store.users.list(LIST_LIMIT)
      const user = await store.users.findByPhone(phone)
      return user === undefined ? [] : [user]
    },
    sessions: (userId) => store.users.sessions(userId),
    async remove(userId) {
      if (!isLong(userId)) return false
      const revoked = await store.users.remove(userId)
      return revoked !== undefined
    },
    async removeSession(userId, hash) {
      if (!isLong(userId) || !isLong(hash)) return false
      const revoked = await store.users.removeSession(userId, hash)
      return revoked.length > 0
    },
  }
}

/** Ids come from URLs, too: what has more than 64 bits names nothing. */
function isLong(id: bigint): boolean {
  return BigInt.asIntN(64, id) === id
}

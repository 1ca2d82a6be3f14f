import type { Random } from '@cablegram/mtproto'
import type { Store } from '../../database/store.ts'
import type { Clock } from '../../ground/clock.ts'
import { randomLong } from '../../ground/random.ts'
import type { Settings } from '../../ground/settings.ts'
import { checkEmail } from '../emails/email-address.ts'
import { checkPhone } from '../numbers/phone.ts'
import type { NewPasswords } from '../passwords/new-password.ts'
import { refusal } from '../refusal.ts'
import { checkNames } from './names.ts'
import { SERVICE_USER } from './service-user.ts'
import type { Session, User } from './words.ts'

/** What an account is made of from the console. */
export interface NewAccount {
  readonly phone: string
  readonly firstName: string
  readonly lastName?: string | undefined
  /** Without an @. */
  readonly username?: string | undefined
  /** Of two-step verification. */
  readonly password?: string | undefined
  readonly passwordHint?: string | undefined
  /** Where a code to recover the password goes. */
  readonly email?: string | undefined
  /** Where login codes go. */
  readonly loginEmail?: string | undefined
}

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
  /**
   * @throws {RpcError} PHONE_NUMBER_INVALID, PHONE_NUMBER_OCCUPIED, FIRSTNAME_INVALID, LASTNAME_INVALID, EMAIL_INVALID,
   * USERNAME_INVALID, USERNAME_OCCUPIED, PASSWORD_EMPTY if there is an address or a hint but no password
   */
  create(account: NewAccount): Promise<User>
  /** Signs every session out with USER_DEACTIVATED. False where there is no such account. */
  remove(userId: bigint): Promise<boolean>
  /** Signs the session out with SESSION_REVOKED. False where there is no such session. */
  removeSession(userId: bigint, hash: bigint): Promise<boolean>
}

/** What can be a name, if not of anybody here. */
const USERNAME = /^[a-z]\w{0,31}$/i

/** A name that somebody can have who is no bot. */
const ACCOUNT_NAME = /^(?!.*bot$)[a-z]\w{4,31}$/i

/** More accounts than the console lists at once. */
const LIST_LIMIT = 1000

/** The rules of accounts. */
export function createAccounts(
  { store, clock, random }: { store: Store; clock: Clock; random: Random },
  settings: Settings,
  newPasswords: Pick<NewPasswords, 'make'>,
): Accounts {
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
    async create(account) {
      const phone = checkPhone(account.phone, settings)
      const names = checkNames(account.firstName, account.lastName ?? '')
      const { username, password, passwordHint, email, loginEmail } = account
      if (username !== undefined && !ACCOUNT_NAME.test(username)) throw refusal('USERNAME_INVALID')
      if (loginEmail !== undefined) checkEmail(loginEmail)
      if (email !== undefined) checkEmail(email)
      const ofPassword = email ?? passwordHint
      if (ofPassword !== undefined && password === undefined) throw refusal('PASSWORD_EMPTY')
      const createdAtS = Math.floor(clock.nowMs() / 1000)
      const user = await store.passwords.create({
        user: { phone, ...names, accessHash: randomLong(random), createdAtS },
        username,
        makePassword:
          password === undefined
            ? undefined
            : (userId) => newPasswords.make(userId, password, passwordHint ?? ''),
        email,
        loginEmail,
      })
      if (user === 'phoneTaken') throw refusal('PHONE_NUMBER_OCCUPIED')
      if (user === 'usernameTaken') throw refusal('USERNAME_OCCUPIED')
      return user
    },
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

import { findAccounts, listAccounts } from '../../rules/accounts/accounts.ts'
import { listSessions } from '../../rules/accounts/decide-users.ts'
import type { User as Account } from '../../rules/accounts/words.ts'
import { loginEmailOf, setLoginEmailOf } from '../../rules/emails/login-emails.ts'
import { checkEmail, shownDevice } from '../../rules/index.ts'
import { createAccount } from '../../rules/passwords/new-accounts.ts'
import { findPasswordHint, setPasswordOf } from '../../rules/passwords/passwords.ts'
import { digitsIn } from '../../typed-text.ts'
import type { OnConsole } from '../on-console.ts'
import type { NewUser, User, UserChange } from '../words.ts'
import { refusing } from './refusals.ts'

/** Shows the accounts with their sessions: that of a number, or all. */
export async function showUsers(on: OnConsole, phone?: string): Promise<User[]> {
  const accounts = await listAccounts(on, phone === undefined ? undefined : digitsIn(phone))
  return await Promise.all(accounts.map((account) => userJson(on, account)))
}

/**
 * Makes an account.
 *
 * @throws {ConsoleError} 400 if the number, the name or an address is invalid, 409 if the number or the name is taken
 */
export async function addUser(on: OnConsole, user: NewUser): Promise<User> {
  return await userJson(on, await refusing(createAccount(on, user), undefined, user.phone))
}

/**
 * Changes an account.
 *
 * @returns undefined if no account has this id
 * @throws {ConsoleError} 400 if an address is invalid or has no password
 */
export async function editUser(
  on: OnConsole,
  id: number,
  { loginEmail, ...change }: UserChange,
): Promise<User | undefined> {
  const userId = BigInt(id)
  // Before anything is changed: a request that is refused changes nothing.
  await refusing((async () => typeof loginEmail === 'string' && checkEmail(loginEmail))())
  const isThere = await refusing(setPasswordOf(on, userId, change))
  if (isThere && loginEmail !== undefined) await refusing(setLoginEmailOf(on, userId, loginEmail))
  const [account] = isThere ? await findAccounts(on, [userId]) : []
  return account && (await userJson(on, account))
}

async function userJson(on: OnConsole, account: Account): Promise<User> {
  const [sessions, hint, loginEmail] = await Promise.all([
    on.store.look(() => listSessions(account.id)),
    findPasswordHint(on, account.id),
    loginEmailOf(on, account.phone),
  ])
  return {
    id: Number(account.id),
    phone: `+${account.phone}`,
    firstName: account.firstName,
    lastName: account.lastName,
    ...(account.username !== undefined && { username: account.username }),
    hasPassword: hint !== undefined,
    ...(hint && { passwordHint: hint }),
    ...(loginEmail !== undefined && { loginEmail }),
    sessions: sessions.map((session) => ({
      hash: String(session.hash),
      device: shownDevice(session.client).model,
      app: session.appTitle,
      layer: session.client?.layer ?? 0,
      ip: session.ip,
      createdAtS: session.createdAtS,
      activeAtS: session.activeAtS,
    })),
  }
}

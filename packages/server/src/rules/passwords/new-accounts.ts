import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { checkNames } from '../accounts/names.ts'
import { isAccountName } from '../accounts/usernames.ts'
import type { User } from '../accounts/words.ts'
import { checkEmail } from '../emails/email-address.ts'
import { checkPhone } from '../numbers/phone.ts'
import { tellOfSignUp } from '../people/decide-sign-up-news.ts'
import { refusal } from '../refusal.ts'
import { createSecuredUser } from './decide-new-accounts.ts'
import { hashNewPassword } from './new-password.ts'

/** An account that the operator makes. */
export interface NewAccount {
  readonly phone: string
  readonly firstName: string
  readonly lastName?: string | undefined
  /** Without an @. */
  readonly username?: string | undefined
  /** The password of two-step verification. */
  readonly password?: string | undefined
  readonly passwordHint?: string | undefined
  /** The address that a recovery code goes to. */
  readonly email?: string | undefined
  /** The address that login codes go to. */
  readonly loginEmail?: string | undefined
}

/**
 * Makes an account as the operator, with its password from its first moment.
 *
 * @throws {RpcError} PHONE_NUMBER_INVALID, PHONE_NUMBER_OCCUPIED, FIRSTNAME_INVALID, LASTNAME_INVALID, EMAIL_INVALID,
 * USERNAME_INVALID, USERNAME_OCCUPIED, PASSWORD_EMPTY if there is an address or a hint but no password
 */
export async function createAccount(on: Ground, account: NewAccount): Promise<User> {
  const { store, clock, random, settings } = on
  const phone = checkPhone(account.phone, settings)
  const names = checkNames(account.firstName, account.lastName ?? '')
  const { username, password, passwordHint, email, loginEmail } = account
  if (username !== undefined && !isAccountName(username)) throw refusal('USERNAME_INVALID')
  if (loginEmail !== undefined) checkEmail(loginEmail)
  if (email !== undefined) checkEmail(email)
  const ofPassword = email ?? passwordHint
  if (ofPassword !== undefined && password === undefined) throw refusal('PASSWORD_EMPTY')
  const createdAtS = Math.floor(clock.nowMs() / 1000)
  const request = {
    user: { phone, ...names, accessHash: randomLong(random), createdAtS },
    username,
    makePassword:
      password === undefined
        ? undefined
        : (userId: bigint) => hashNewPassword(on, userId, password, passwordHint ?? ''),
    email,
    loginEmail,
  }
  const user = await store.decide(function* () {
    const made = yield* createSecuredUser(store.secret, request)
    if (typeof made !== 'string') yield* tellOfSignUp(on, made)
    return made
  })
  if (user === 'phoneTaken') throw refusal('PHONE_NUMBER_OCCUPIED')
  if (user === 'usernameTaken') throw refusal('USERNAME_OCCUPIED')
  return user
}

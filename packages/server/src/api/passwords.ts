import type { InputCheckPasswordSRP, Params, PasswordKdfAlgo } from '@cablegram/tl/api'
import { refusal } from '../rules/index.ts'
import type { PasswordAnswer } from '../rules/passwords/password-proofs.ts'
import {
  getPasswordInfo,
  givePassword,
  openPasswordSettings,
  type PasswordInfo,
  type PasswordUpdate,
  updatePassword,
} from '../rules/passwords/passwords.ts'
import { authorization } from './authorization.ts'
import { checkTexts } from './check-texts.ts'
import type { Handler } from './handler.ts'

type InputSettings = Params<'account.updatePasswordSettings'>['newSettings']

/** What is asked about the account's password, and what a new one is to be made with. */
export const getPassword: Handler<'account.getPassword'> = async (_request, { on, caller, nowS }) => {
  const info = await getPasswordInfo(on, caller)
  const { asked, unconfirmedEmail, loginEmail, resetInS } = info
  return {
    _: 'account.password',
    ...(asked?.hasRecovery && { hasRecovery: true }),
    ...(asked && {
      hasPassword: true,
      currentAlgo: kdfAlgo(asked.algo),
      srpB: asked.srpB,
      srpId: asked.srpId,
    }),
    ...(asked && asked.hint !== '' && { hint: asked.hint }),
    ...(unconfirmedEmail !== undefined && { emailUnconfirmedPattern: unconfirmedEmail }),
    ...(loginEmail !== undefined && { loginEmailPattern: loginEmail }),
    newAlgo: kdfAlgo(info.newAlgo),
    newSecureAlgo: { _: 'securePasswordKdfAlgoPBKDF2HMACSHA512iter100000', salt: info.newSecureSalt },
    secureRandom: info.secureRandom,
    ...(resetInS !== undefined && { pendingResetDate: nowS + resetInS }),
  }
}

/** What only who knows the password is shown. */
export const getPasswordSettings: Handler<'account.getPasswordSettings'> = async ({ password }, context) => {
  const { email } = await openPasswordSettings(context.on, context.caller, answerOf(password))
  return { _: 'account.passwordSettings', ...(email !== undefined && { email }) }
}

/** Sets, changes or removes the password or its recovery address. */
export const updatePasswordSettings: Handler<'account.updatePasswordSettings'> = async (
  { password, newSettings },
  { on, caller },
) => {
  await updatePassword(on, caller, answerOf(password), updateOf(newSettings))
  return true
}

/** Passwords for payments: nothing on this server takes one. */
export const getTmpPassword: Handler<'account.getTmpPassword'> = async ({ password }, { on, caller }) => {
  await openPasswordSettings(on, caller, answerOf(password))
  throw refusal('TMP_PASSWORD_DISABLED')
}

/** Gives the password that a login waits for; the next one on this client needs only that. */
export const checkPassword: Handler<'auth.checkPassword'> = async ({ password }, context) => {
  const { on, caller, nowS } = context
  const user = await givePassword(on, caller, answerOf(password))
  return authorization(user, nowS, await on.futureTokens.issueWithLogin(caller))
}

/** What a client answers the question with; undefined where it says that there is no password. */
export function answerOf(password: InputCheckPasswordSRP): PasswordAnswer | undefined {
  if (password._ === 'inputCheckPasswordEmpty') return undefined
  return { srpId: password.srpId, a: password.A, m1: password.M1 }
}

/** @throws {RpcError} NEW_SETTINGS_INVALID */
export function updateOf(settings: InputSettings): PasswordUpdate {
  const { newAlgo, newPasswordHash, hint, email, newSecureSettings } = settings
  checkTexts(hint ?? '', email ?? '')
  // Secrets under the password are Telegram Passport's, which this server does not have: it must not lose one either.
  if (newSecureSettings !== undefined && newSecureSettings.secureSecret.length > 0) {
    throw refusal('NEW_SETTINGS_INVALID')
  }
  if (newPasswordHash === undefined || newAlgo === undefined) return { password: undefined, email }
  if (newPasswordHash.length === 0) return { password: null, email }
  if (newAlgo._ === 'passwordKdfAlgoUnknown') throw refusal('NEW_SETTINGS_INVALID')
  return { password: { ...newAlgo, hash: newPasswordHash, hint: hint ?? '' }, email }
}

function kdfAlgo(algo: PasswordInfo['newAlgo']): PasswordKdfAlgo {
  return { _: 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow', ...algo }
}

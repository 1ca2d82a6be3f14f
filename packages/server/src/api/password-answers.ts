import type { InputCheckPasswordSRP, Params } from '@cablegram/tl/api'
import { refusal } from '../rules/index.ts'
import type { PasswordAnswer } from '../rules/passwords/password-proofs.ts'
import type { PasswordUpdate } from '../rules/passwords/passwords.ts'
import { checkTexts } from './check-texts.ts'

type InputSettings = Params<'account.updatePasswordSettings'>['newSettings']

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

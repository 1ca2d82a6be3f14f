import type { InputCheckPasswordSRP, Params } from '@cablegram/tl/api'
import { refusal } from '../rules/index.ts'
import type { PasswordAnswer } from '../rules/passwords/password-proofs.ts'
import type { PasswordUpdate } from '../rules/passwords/passwords.ts'
import { checkTexts } from './check-texts.ts'

type InputSettings = Params<'account.updatePasswordSettings'>['newSettings']

/** The client's proof of its password; undefined if it says that there is none. */
export function answerOf(password: InputCheckPasswordSRP): PasswordAnswer | undefined {
  if (password._ === 'inputCheckPasswordEmpty') return undefined
  return { srpId: password.srpId, a: password.A, m1: password.M1 }
}

/** @throws {RpcError} NEW_SETTINGS_INVALID */
export function updateOf(settings: InputSettings): PasswordUpdate {
  const { newAlgo, newPasswordHash, hint, email, newSecureSettings } = settings
  checkTexts(hint ?? '', email ?? '')
  // These are secrets of Telegram Passport. This server does not have it, so it must not accept and lose them.
  if (newSecureSettings !== undefined && newSecureSettings.secureSecret.length > 0) {
    throw refusal('NEW_SETTINGS_INVALID')
  }
  if (newPasswordHash === undefined || newAlgo === undefined) return { password: undefined, email }
  if (newPasswordHash.length === 0) return { password: null, email }
  if (newAlgo._ === 'passwordKdfAlgoUnknown') throw refusal('NEW_SETTINGS_INVALID')
  return { password: { ...newAlgo, hash: newPasswordHash, hint: hint ?? '' }, email }
}

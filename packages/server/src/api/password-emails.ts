import { refusal } from '../rules/index.ts'
import {
  cancelRecoveryEmail,
  confirmRecoveryEmail,
  replaceLostPassword,
  resendRecoveryEmail,
  sendRecoveryCode,
  tryRecoveryCode,
} from '../rules/passwords/password-emails.ts'
import { authorization } from './authorization.ts'
import { checkTexts } from './check-texts.ts'
import type { Handler } from './handler.ts'
import { updateOf } from './passwords.ts'

/** Confirms the recovery address, and so makes the change that came with it. */
export const confirmPasswordEmail: Handler<'account.confirmPasswordEmail'> = async ({ code }, context) => {
  checkTexts(code)
  await confirmRecoveryEmail(context.on, context.caller, code)
  return true
}

/** Sends another code to the address that is not confirmed. */
export const resendPasswordEmail: Handler<'account.resendPasswordEmail'> = async (_request, context) => {
  await resendRecoveryEmail(context.on, context.caller)
  return true
}

/** Gives up the change whose address is not confirmed. */
export const cancelPasswordEmail: Handler<'account.cancelPasswordEmail'> = async (_request, context) => {
  await cancelRecoveryEmail(context.on, context.caller)
  return true
}

/** Sends a code to the recovery address. */
export const requestPasswordRecovery: Handler<'auth.requestPasswordRecovery'> = async (_request, context) => {
  const emailPattern = await sendRecoveryCode(context.on, context.caller)
  return { _: 'auth.passwordRecovery', emailPattern }
}

/** Whether the code is right, before a new password is asked for. */
export const checkRecoveryPassword: Handler<'auth.checkRecoveryPassword'> = async ({ code }, context) => {
  checkTexts(code)
  await tryRecoveryCode(context.on, context.caller, code)
  return true
}

/** Signs in with the code, and sets another password in place of the lost one, if there is one. */
export const recoverPassword: Handler<'auth.recoverPassword'> = async ({ code, newSettings }, context) => {
  checkTexts(code)
  const { password, email } = newSettings === undefined ? {} : updateOf(newSettings)
  // The address that has just proved itself stays.
  if (email !== undefined) throw refusal('NEW_SETTINGS_INVALID')
  const { on, caller, nowS } = context
  return authorization(await replaceLostPassword(on, caller, code, password ?? null), nowS)
}

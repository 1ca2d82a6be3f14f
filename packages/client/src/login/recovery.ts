import { RpcError } from '@cablegram/mtproto'
import type { LoginActions } from './actions.ts'
import { isWrongCode } from './code.ts'
import type { LoginContext } from './context.ts'
import { newPasswordSettings } from './password.ts'
import { problemOf, refusalIn } from './problem.ts'
import type { LoginState, WaitPassword, WaitRecoveryCode } from './states.ts'
import { beginAgain, isLoginGone, onPasswordNeeded } from './two-step.ts'
import { plainCode } from './typed.ts'

/** Sends a code to the recovery e-mail. */
export async function requestPasswordRecovery(ctx: LoginContext, state: WaitPassword): Promise<LoginState> {
  try {
    const { emailPattern } = await ctx.client.auth.requestPasswordRecovery()
    const { phoneNumber } = state
    return { at: 'waitRecoveryCode', phoneNumber, emailPattern, isCodeChecked: false }
  } catch (error) {
    const refusal = refusalIn(error)
    const problem = problemOf(refusal)
    if (refusal.type === 'PASSWORD_RECOVERY_NA') return { ...state, hasRecovery: false, problem }
    if (isLoginGone(refusal)) return beginAgain(state, refusal)
    throw refusal
  }
}

/** Checks the code before a new password is asked for. */
export async function checkRecoveryPassword(
  ctx: LoginContext,
  state: WaitRecoveryCode,
  { code }: { readonly code: string },
): Promise<LoginState> {
  try {
    const isRight = await ctx.client.auth.checkRecoveryPassword({ code: plainCode(code) })
    if (isRight) return { ...state, isCodeChecked: true, problem: undefined }
    return onRefusal(ctx, state, new RpcError(400, 'CODE_INVALID', 'auth.checkRecoveryPassword'))
  } catch (error) {
    return onRefusal(ctx, state, refusalIn(error))
  }
}

/** Signs in with the code, and sets the new password if one is given. */
export async function recoverPassword(
  ctx: LoginContext,
  state: WaitRecoveryCode,
  { code, newPassword, newHint }: LoginActions['waitRecoveryCode']['recoverPassword'],
): Promise<LoginState> {
  try {
    const settings = newPassword ? { newSettings: await settingsOf(ctx, newPassword, newHint) } : {}
    return ctx.authorized(await ctx.client.auth.recoverPassword({ code: plainCode(code), ...settings }))
  } catch (error) {
    return onRefusal(ctx, state, refusalIn(error))
  }
}

/** Goes back to the question for the password. */
export function getPassword(ctx: LoginContext, { phoneNumber }: WaitRecoveryCode): Promise<LoginState> {
  return onPasswordNeeded(ctx, phoneNumber)
}

async function settingsOf(ctx: LoginContext, newPassword: string, hint: string | undefined) {
  return newPasswordSettings(await ctx.client.account.getPassword(), newPassword, hint, ctx.random)
}

async function onRefusal(ctx: LoginContext, state: WaitRecoveryCode, refusal: RpcError): Promise<LoginState> {
  const problem = problemOf(refusal)
  if (isWrongCode(refusal) || refusal.type === 'CODE_EMPTY' || refusal.type === 'NEW_SETTINGS_INVALID') {
    return { ...state, isCodeChecked: false, problem }
  }
  if (refusal.type === 'PASSWORD_RECOVERY_EXPIRED') {
    return { ...(await onPasswordNeeded(ctx, state.phoneNumber)), problem }
  }
  if (isLoginGone(refusal)) return beginAgain(state, refusal)
  throw refusal
}

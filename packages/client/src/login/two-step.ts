import type { RpcError } from '@cablegram/mtproto'
import { isRestart, type LoginContext } from './context.ts'
import { passwordProof } from './password.ts'
import { problemOf, refusalIn } from './problem.ts'
import type { LoginState, WaitPassword } from './states.ts'

/** Refusals that the same password may not meet again, with a new question. */
const STALE_QUESTION = new Set(['SRP_ID_INVALID', 'SRP_PASSWORD_CHANGED', 'AUTH_KEY_UNSYNCHRONIZED'])

/** The account has a password: asks the server for the hint. */
export async function onPasswordNeeded(
  ctx: LoginContext,
  phoneNumber: string | undefined,
): Promise<WaitPassword> {
  const { hint, hasRecovery, pendingResetDate } = await ctx.client.account.getPassword()
  const pendingResetAtS = pendingResetDate
  return { at: 'waitPassword', phoneNumber, hint, hasRecovery: hasRecovery === true, pendingResetAtS }
}

/** Proves the password. A question that expired meanwhile is replaced by a new one. */
export async function checkPassword(
  ctx: LoginContext,
  state: WaitPassword,
  { password }: { readonly password: string },
): Promise<LoginState> {
  for (;;) {
    try {
      const question = await ctx.client.account.getPassword()
      const proof = passwordProof(question, password, ctx.random)
      return ctx.authorized(await ctx.client.auth.checkPassword({ password: proof }))
    } catch (error) {
      const refusal = refusalIn(error)
      if (refusal.type === 'PASSWORD_HASH_INVALID') {
        return { ...(await onPasswordNeeded(ctx, state.phoneNumber)), problem: problemOf(refusal) }
      }
      if (isLoginGone(refusal)) return beginAgain(state, refusal)
      if (!isRestart(refusal) && !STALE_QUESTION.has(refusal.type)) throw refusal
      await ctx.retry(refusal)
    }
  }
}

/** Requests a reset of the password, which takes a week; completes a reset whose week has passed. */
export async function resetPassword(ctx: LoginContext, state: WaitPassword): Promise<LoginState> {
  const result = await ctx.client.account.resetPassword()
  switch (result._) {
    case 'account.resetPasswordRequestedWait':
      return { ...state, pendingResetAtS: result.untilDate, problem: undefined }
    case 'account.resetPasswordFailedWait':
      return { ...state, resetRetryAtS: result.retryDate, problem: undefined }
    case 'account.resetPasswordOk':
      return checkPassword(ctx, state, { password: '' })
  }
}

/** Deletes the account when its password is lost. The number can sign up again. */
export async function deleteAccount(
  ctx: LoginContext,
  { phoneNumber }: WaitPassword,
  { reason }: { readonly reason: string },
): Promise<LoginState> {
  await ctx.client.account.deleteAccount({ reason })
  return { at: 'waitPhone', phoneNumber }
}

/** Whether the server has forgotten a login that waits for its password. */
export function isLoginGone({ type }: RpcError): boolean {
  return type === 'AUTH_KEY_UNREGISTERED'
}

/** Goes back to the beginning, with the reason. */
export function beginAgain(
  { phoneNumber }: { readonly phoneNumber?: string | undefined },
  refusal: RpcError,
): LoginState {
  return { at: 'waitPhone', phoneNumber, problem: problemOf(refusal) }
}

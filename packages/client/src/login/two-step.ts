import type { RpcError } from '@cablegram/mtproto'
import { isRestart, type LoginContext } from './context.ts'
import { passwordProof } from './password.ts'
import { problemOf, refusalIn } from './problem.ts'
import type { LoginState, WaitPassword } from './states.ts'

/** What a fresh question, with the same password, may get right. */
const STALE_QUESTION = new Set(['SRP_ID_INVALID', 'SRP_PASSWORD_CHANGED', 'AUTH_KEY_UNSYNCHRONIZED'])

/** The account has a password: asks the server for its hint. */
export async function onPasswordNeeded(
  ctx: LoginContext,
  phoneNumber: string | undefined,
): Promise<WaitPassword> {
  const { hint, hasRecovery, pendingResetDate } = await ctx.client.account.getPassword()
  const pendingResetAtS = pendingResetDate
  return { at: 'waitPassword', phoneNumber, hint, hasRecovery: hasRecovery === true, pendingResetAtS }
}

/** Proves the password. A question that has run out while somebody typed is asked for anew. */
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

/** Asks for the password to be taken away; that takes a week, unless it has passed already. */
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

/** Deletes the account, for its password cannot be given: the number is free to sign up again. */
export async function deleteAccount(
  ctx: LoginContext,
  { phoneNumber }: WaitPassword,
  { reason }: { readonly reason: string },
): Promise<LoginState> {
  await ctx.client.account.deleteAccount({ reason })
  return { at: 'waitPhone', phoneNumber }
}

/** Whether the server no longer knows of this login; with a password pending it says so like this. */
export function isLoginGone({ type }: RpcError): boolean {
  return type === 'AUTH_KEY_UNREGISTERED'
}

/** Back to the beginning, with the reason. */
export function beginAgain(
  { phoneNumber }: { readonly phoneNumber?: string | undefined },
  refusal: RpcError,
): LoginState {
  return { at: 'waitPhone', phoneNumber, problem: problemOf(refusal) }
}

import type { RpcError } from '@cablegram/mtproto'
import type { EmailVerifyPurpose } from '@cablegram/tl/api'
import type { EmailAnswer } from './actions.ts'
import { emailVerification, isDeadHash, isWrongCode } from './code.ts'
import { type LoginContext, unsupported } from './context.ts'
import { renewCode } from './phone.ts'
import { problemOf, refusalIn } from './problem.ts'
import { onSentCode } from './sent-code.ts'
import type { LoginState, LoginStateAt, WaitEmailCode, WaitEmailSetUpCode } from './states.ts'
import { onPasswordNeeded } from './two-step.ts'
import { plainEmail } from './typed.ts'

type SetUp = LoginStateAt<'waitEmail' | 'waitEmailSetUpCode'>

/** Refusals after which the address, not the code, is asked for again. */
const WRONG_EMAIL = new Set(['EMAIL_INVALID', 'EMAIL_NOT_ALLOWED', 'EMAIL_VERIFY_EXPIRED', 'EMAIL_NOT_SETUP'])

/** Sets the address of the login e-mail; a code goes there. */
export function sendVerifyEmailCode(
  ctx: LoginContext,
  state: LoginStateAt<'waitEmail'>,
  { email }: { readonly email: string },
): Promise<LoginState> {
  return sendTo(ctx, state, plainEmail(email))
}

/** Sends that code again, or one to another address. */
export function sendVerifyEmailCodeAgain(
  ctx: LoginContext,
  state: WaitEmailSetUpCode,
  { email = state.email }: { readonly email?: string },
): Promise<LoginState> {
  return sendTo(ctx, state, plainEmail(email))
}

/** Proves the login e-mail. The answer says where the code of the login went. */
export async function verifyEmail(ctx: LoginContext, state: SetUp, answer: EmailAnswer): Promise<LoginState> {
  const verification = emailVerification(answer)
  try {
    const verified = await ctx.client.account.verifyEmail({ purpose: purposeOf(state), verification })
    if (verified._ === 'account.emailVerifiedLogin') {
      return onSentCode(ctx, state.phoneNumber, verified.sentCode)
    }
    throw unsupported('the e-mail is verified, but the server sent no code')
  } catch (error) {
    const refusal = refusalIn(error)
    if (isWrongCode(refusal) && state.at === 'waitEmailSetUpCode') {
      return { ...state, attempts: state.attempts + 1, problem: problemOf(refusal) }
    }
    return onRefusal(ctx, state, refusal)
  }
}

/** Takes the login e-mail off the account, at once or later. If at once, the code goes another way. */
export async function resetLoginEmail(ctx: LoginContext, state: WaitEmailCode): Promise<LoginState> {
  const { phoneNumber, phoneCodeHash, resetAvailablePeriodS } = state
  try {
    const sent = await ctx.client.auth.resetLoginEmail({ phoneNumber, phoneCodeHash })
    return onSentCode(ctx, phoneNumber, sent)
  } catch (error) {
    const refusal = refusalIn(error)
    // A reset is pending. As TDLib does, assume that it takes a whole period from now.
    if (refusal.type === 'TASK_ALREADY_EXISTS') {
      const doneAtS = Math.floor(ctx.clock.nowMs() / 1000) + (resetAvailablePeriodS ?? 0)
      const resetPendingAtS = state.resetPendingAtS ?? doneAtS
      return { ...state, resetPendingAtS, problem: problemOf(refusal) }
    }
    if (!isDeadHash(refusal)) throw refusal
    return renewCode(ctx, phoneNumber, refusal)
  }
}

async function sendTo(ctx: LoginContext, state: SetUp, email: string): Promise<LoginState> {
  const { phoneNumber, phoneCodeHash } = state
  try {
    const { emailPattern, length } = await ctx.client.account.sendVerifyEmailCode({
      purpose: purposeOf(state),
      email,
    })
    const sent = { email, emailPattern, length, sentAtMs: ctx.clock.nowMs(), attempts: 0 }
    return { at: 'waitEmailSetUpCode', phoneNumber, phoneCodeHash, ...sent }
  } catch (error) {
    return onRefusal(ctx, state, refusalIn(error))
  }
}

function onRefusal(ctx: LoginContext, state: SetUp, refusal: RpcError): Promise<LoginState> | LoginState {
  const { phoneNumber, phoneCodeHash } = state
  if (WRONG_EMAIL.has(refusal.type)) {
    const asked = state.at === 'waitEmail' ? state : { at: 'waitEmail' as const, phoneNumber, phoneCodeHash }
    return { ...asked, problem: problemOf(refusal) }
  }
  if (refusal.type === 'SESSION_PASSWORD_NEEDED') return onPasswordNeeded(ctx, phoneNumber)
  if (!isDeadHash(refusal)) throw refusal
  return renewCode(ctx, phoneNumber, refusal)
}

function purposeOf({ phoneNumber, phoneCodeHash }: SetUp): EmailVerifyPurpose {
  return { _: 'emailVerifyPurposeLoginSetup', phoneNumber, phoneCodeHash }
}

import { UsageError } from '@cablegram/tl'
import type { EmailVerification } from '@cablegram/tl/api'
import type { EmailAnswer } from './actions.ts'
import type { LoginContext } from './context.ts'
import { renewCode } from './phone.ts'
import { problemOf, refusalIn } from './problem.ts'
import { onSentCode } from './sent-code.ts'
import { onSignUpRequired } from './sign-up.ts'
import type { LoginState, LoginStateAt, WaitCode } from './states.ts'
import { onPasswordNeeded } from './two-step.ts'
import { plainCode, plainWords } from './typed.ts'

type CodeState = LoginStateAt<'waitCode' | 'waitEmailCode'>

/** The code is wrong; the hash is still good. */
const WRONG_CODE = new Set(['PHONE_CODE_INVALID', 'CODE_INVALID', 'EMAIL_TOKEN_INVALID'])
/** The hash is no longer valid, and with it the code. */
const DEAD_HASH = new Set([
  'PHONE_CODE_EXPIRED',
  'PHONE_CODE_EMPTY',
  'PHONE_CODE_HASH_EMPTY',
  'PHONE_HASH_EXPIRED',
  'EMAIL_VERIFY_EXPIRED',
  'AUTH_RESTART',
  'SIGN_IN_FAILED',
])

/** Whether a refusal means that the hash is no longer valid. */
export function isDeadHash({ type }: { readonly type: string }): boolean {
  return DEAD_HASH.has(type)
}

/** Whether a refusal means that the code was wrong. */
export function isWrongCode({ type }: { readonly type: string }): boolean {
  return WRONG_CODE.has(type)
}

/** Signs in with the code that was sent. */
export function signIn(
  ctx: LoginContext,
  state: WaitCode,
  { code }: { readonly code: string },
): Promise<LoginState> {
  return signInWith(ctx, state, { phoneCode: notEmpty(plainCodeOf(state.type, code)) })
}

/** Signs in with the code from the login e-mail, which is not sent as a phone code. */
export function signInByEmail(
  ctx: LoginContext,
  state: LoginStateAt<'waitEmailCode'>,
  answer: EmailAnswer,
): Promise<LoginState> {
  return signInWith(ctx, state, { emailVerification: emailVerification(answer) })
}

/** Asks for the code another way; the answer replaces hash, type and time. */
export async function resendCode(
  ctx: LoginContext,
  state: CodeState,
  { reason }: { readonly reason?: string },
): Promise<LoginState> {
  const { phoneNumber, phoneCodeHash } = state
  try {
    const sent = await ctx.client.auth.resendCode({ phoneNumber, phoneCodeHash, ...(reason && { reason }) })
    return onSentCode(ctx, phoneNumber, sent)
  } catch (error) {
    const refusal = refusalIn(error)
    const problem = problemOf(refusal)
    // No other way is left, but the code that was sent is still good.
    if (refusal.type === 'SEND_CODE_UNAVAILABLE') return { ...state, nextType: undefined, problem }
    if (refusal.code === 420) {
      const waitMs = (refusal.argument ?? 0) * 1000
      return { ...state, resendAtMs: ctx.clock.nowMs() + waitMs, problem }
    }
    if (refusal.type === 'SESSION_PASSWORD_NEEDED') return onPasswordNeeded(ctx, phoneNumber)
    if (!isDeadHash(refusal)) throw refusal
    return renewCode(ctx, phoneNumber, refusal)
  }
}

/** Reports that no code came; Telegram uses this for statistics only. */
export async function reportMissingCode(
  ctx: LoginContext,
  state: WaitCode,
  { mnc }: { readonly mnc: string },
): Promise<LoginState> {
  const { phoneNumber, phoneCodeHash } = state
  await ctx.client.auth.reportMissingCode({ phoneNumber, phoneCodeHash, mnc })
  return state
}

/** The TL form of a code or a token that proves an e-mail address. */
export function emailVerification(answer: EmailAnswer): EmailVerification {
  if ('google' in answer) return { _: 'emailVerificationGoogle', token: answer.google }
  if ('apple' in answer) return { _: 'emailVerificationApple', token: answer.apple }
  return { _: 'emailVerificationCode', code: notEmpty(plainCode(answer.code)) }
}

async function signInWith(
  ctx: LoginContext,
  state: CodeState,
  answer: { phoneCode: string } | { emailVerification: EmailVerification },
): Promise<LoginState> {
  const { phoneNumber, phoneCodeHash } = state
  try {
    const result = await ctx.client.auth.signIn({ phoneNumber, phoneCodeHash, ...answer })
    if (result._ === 'auth.authorization') return ctx.authorized(result)
    return onSignUpRequired(state, result.termsOfService)
  } catch (error) {
    const refusal = refusalIn(error)
    if (refusal.type === 'SESSION_PASSWORD_NEEDED') return onPasswordNeeded(ctx, phoneNumber)
    // Servers older than authorizationSignUpRequired ask for a name this way.
    if (refusal.type === 'PHONE_NUMBER_UNOCCUPIED') return onSignUpRequired(state, undefined)
    if (isWrongCode(refusal)) return { ...state, attempts: state.attempts + 1, problem: problemOf(refusal) }
    if (!isDeadHash(refusal)) throw refusal
    return renewCode(ctx, phoneNumber, refusal)
  }
}

/** A code as it is sent: digits are often typed in groups; words keep their spaces. */
export function plainCodeOf(type: WaitCode['type'], typed: string): string {
  const isText = type._ === 'auth.sentCodeTypeSmsWord' || type._ === 'auth.sentCodeTypeSmsPhrase'
  return isText ? plainWords(typed) : plainCode(typed)
}

/** The server ends the attempt at an empty code. */
function notEmpty(code: string): string {
  if (code === '')
    throw new UsageError(
      'LOGIN_CODE_EMPTY',
      'The code is empty: the server would end this attempt to sign in.',
    )
  return code
}

import type { RpcError } from '@cablegram/mtproto'
import { isRestart, type LoginContext } from './context.ts'
import { problemOf, refusalIn } from './problem.ts'
import { onSentCode } from './sent-code.ts'
import type { LoginState, LoginStateAt } from './states.ts'
import { onPasswordNeeded } from './two-step.ts'
import { plainBotToken, plainPhoneNumber } from './typed.ts'

/** The states that take a number or a bot's token. */
export type Beginning = LoginStateAt<'waitPhone' | 'waitQr' | 'waitPasskey'>

/** Refusals of the number itself. */
const NO_NUMBER = new Set(['PHONE_NUMBER_INVALID'])

/** Asks for a code to a number. */
export async function sendCode(
  ctx: LoginContext,
  state: Beginning,
  { phoneNumber }: { readonly phoneNumber: string },
): Promise<LoginState> {
  try {
    return await requestCode(ctx, plainPhoneNumber(phoneNumber))
  } catch (error) {
    const refusal = refusalIn(error)
    if (NO_NUMBER.has(refusal.type)) return { ...state, problem: problemOf(refusal) }
    throw refusal
  }
}

/** Signs in a bot by its token. */
export async function importBotAuthorization(
  ctx: LoginContext,
  state: Beginning,
  { botAuthToken }: { readonly botAuthToken: string },
): Promise<LoginState> {
  const { apiId, apiHash } = ctx.app
  for (;;) {
    try {
      const params = { flags: 0, apiId, apiHash, botAuthToken: plainBotToken(botAuthToken) }
      return ctx.authorized(await ctx.client.auth.importBotAuthorization(params))
    } catch (error) {
      const refusal = refusalIn(error)
      if (refusal.type === 'ACCESS_TOKEN_INVALID' || refusal.type === 'ACCESS_TOKEN_EXPIRED') {
        return { ...state, problem: problemOf(refusal) }
      }
      if (!isRestart(refusal)) throw refusal
      await ctx.retry(refusal)
    }
  }
}

/** Asks for a new code to the same number. */
export async function sendCodeAnew(
  ctx: LoginContext,
  { phoneNumber }: { readonly phoneNumber: string },
): Promise<LoginState> {
  return requestCode(ctx, phoneNumber)
}

/**
 * Replaces an expired code. The old hash is not used again: asking for the old code once more, as some clients do, cannot
 * succeed.
 */
export async function renewCode(
  ctx: LoginContext,
  phoneNumber: string,
  refusal: RpcError,
): Promise<LoginState> {
  const problem = problemOf(refusal)
  const beginning: LoginState = { at: 'waitPhone', phoneNumber, problem }
  ctx.settle(beginning)
  if (!ctx.mayRenew()) return beginning
  await ctx.pauseAfter(refusal)
  const next = await requestCode(ctx, phoneNumber)
  return 'phoneCodeHash' in next ? { ...next, problem } : next
}

/** Begins again with another number, and cancels the code of the old one. */
export async function changeNumber(
  ctx: LoginContext,
  state: { readonly phoneNumber?: string | undefined; readonly phoneCodeHash?: string },
): Promise<LoginState> {
  const { phoneNumber } = state
  ctx.settle({ at: 'waitPhone', phoneNumber })
  await cancelCode(ctx, state)
  return { at: 'waitPhone', phoneNumber }
}

/** Gives up the login. */
export async function cancel(ctx: LoginContext, state: object): Promise<LoginState> {
  ctx.settle({ at: 'closed' })
  await cancelCode(ctx, state)
  return { at: 'closed' }
}

const CANCEL_TIMEOUT_MS = 2_000

/** Cancels a code, if there is one. A failure is ignored: the code expires by itself. */
async function cancelCode(ctx: LoginContext, state: object): Promise<void> {
  if (!('phoneCodeHash' in state && 'phoneNumber' in state)) return
  const { phoneNumber, phoneCodeHash } = state
  if (typeof phoneNumber !== 'string' || typeof phoneCodeHash !== 'string') return
  await ctx.client.auth
    .cancelCode({ phoneNumber, phoneCodeHash }, { timeoutMs: CANCEL_TIMEOUT_MS })
    .catch(() => {})
}

async function requestCode(ctx: LoginContext, phoneNumber: string): Promise<LoginState> {
  const { apiId, apiHash } = ctx.app
  for (;;) {
    const { logoutTokens } = ctx.client
    const tokens = logoutTokens.length > 0 ? { logoutTokens: [...logoutTokens] } : {}
    const settings = { _: 'codeSettings', ...ctx.options.codeSettings, ...tokens } as const
    try {
      const sent = await ctx.client.auth.sendCode({ phoneNumber, apiId, apiHash, settings })
      return onSentCode(ctx, phoneNumber, sent)
    } catch (error) {
      const refusal = refusalIn(error)
      if (refusal.type === 'SESSION_PASSWORD_NEEDED') return onPasswordNeeded(ctx, phoneNumber)
      if (!isRestart(refusal)) throw refusal
      await ctx.retry(refusal)
    }
  }
}

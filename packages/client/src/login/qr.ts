import { ProtocolError } from '@cablegram/mtproto'
import type { Results } from '@cablegram/tl/api'
import { isRestart, type LoginContext } from './context.ts'
import { refusalIn } from './problem.ts'
import { formatLoginUrl } from './qr-url.ts'
import type { LoginState } from './states.ts'
import { onPasswordNeeded } from './two-step.ts'

type LoginToken = Results['auth.exportLoginToken']

/** From any data centre to the one of whoever scanned, with some to spare. */
const MAX_MOVES = 3

/** Asks for a token to show as a QR code, or what has become of the last one. */
export async function exportLoginToken(ctx: LoginContext): Promise<LoginState> {
  const { apiId, apiHash } = ctx.app
  const exceptIds = [...(ctx.options.exceptIds ?? [])]
  for (;;) {
    try {
      return await onToken(ctx, await ctx.client.auth.exportLoginToken({ apiId, apiHash, exceptIds }))
    } catch (error) {
      const refusal = refusalIn(error)
      if (refusal.type === 'SESSION_PASSWORD_NEEDED') return onPasswordNeeded(ctx, undefined)
      // A token that has run out on its way to another data centre is followed by a new one.
      if (!isRestart(refusal) && !refusal.type.startsWith('AUTH_TOKEN_')) throw refusal
      await ctx.retry(refusal)
    }
  }
}

/** Whoever scanned is at home in another data centre: the login goes there, and what follows of it as well. */
async function onToken(ctx: LoginContext, first: LoginToken): Promise<LoginState> {
  let token = first
  for (let moves = 0; token._ === 'auth.loginTokenMigrateTo'; moves += 1) {
    if (moves === MAX_MOVES) {
      throw new ProtocolError('MIGRATION_LOOP', 'auth.importLoginToken has no end: it is sent on and on')
    }
    await ctx.client.switchDc(token.dcId)
    token = await ctx.client.auth.importLoginToken({ token: token.token })
  }
  if (token._ === 'auth.loginTokenSuccess') return ctx.authorized(token.authorization)
  return { at: 'waitQr', url: formatLoginUrl(token.token), expiresAtS: token.expires }
}

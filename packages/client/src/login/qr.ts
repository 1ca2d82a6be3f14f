import { ProtocolError } from '@cablegram/mtproto'
import type { Results } from '@cablegram/tl/api'
import { isRestart, type LoginContext } from './context.ts'
import { refusalIn } from './problem.ts'
import { formatLoginUrl } from './qr-url.ts'
import type { LoginState } from './states.ts'
import { onPasswordNeeded } from './two-step.ts'

type LoginToken = Results['auth.exportLoginToken']

/** Enough to go from any data centre to that of the user who scanned. */
const MAX_MOVES = 3

/** Asks for a token to show as a QR code; after a scan the answer is the login. */
export async function exportLoginToken(ctx: LoginContext): Promise<LoginState> {
  const { apiId, apiHash } = ctx.app
  const exceptIds = [...(ctx.options.exceptIds ?? [])]
  for (;;) {
    try {
      return await onToken(ctx, await ctx.client.auth.exportLoginToken({ apiId, apiHash, exceptIds }))
    } catch (error) {
      const refusal = refusalIn(error)
      if (refusal.type === 'SESSION_PASSWORD_NEEDED') return onPasswordNeeded(ctx, undefined)
      // A token that expired on the way to another data centre is replaced by a new one.
      if (!isRestart(refusal) && !refusal.type.startsWith('AUTH_TOKEN_')) throw refusal
      await ctx.retry(refusal)
    }
  }
}

/** If the user who scanned is at home in another data centre, the login moves there. */
async function onToken(ctx: LoginContext, first: LoginToken): Promise<LoginState> {
  let token = first
  for (let moves = 0; token._ === 'auth.loginTokenMigrateTo'; moves += 1) {
    if (moves === MAX_MOVES) {
      throw new ProtocolError('MIGRATION_LOOP', 'auth.importLoginToken was redirected too many times')
    }
    await ctx.client.switchDc(token.dcId)
    token = await ctx.client.auth.importLoginToken({ token: token.token })
  }
  if (token._ === 'auth.loginTokenSuccess') return ctx.authorized(token.authorization)
  return { at: 'waitQr', url: formatLoginUrl(token.token), expiresAtS: token.expires }
}

import type { InputPasskeyCredential } from '@cablegram/tl/api'
import { isRestart, type LoginContext } from './context.ts'
import { problemOf, refusalIn } from './problem.ts'
import type { LoginState, WaitPasskey } from './states.ts'
import { onPasswordNeeded } from './two-step.ts'

/** Asks for the options that the authenticator answers. */
export async function initPasskeyLogin(ctx: LoginContext): Promise<WaitPasskey> {
  const { apiId, apiHash } = ctx.app
  for (;;) {
    try {
      const { options } = await ctx.client.auth.initPasskeyLogin({ apiId, apiHash })
      return { at: 'waitPasskey', options: options.data }
    } catch (error) {
      const refusal = refusalIn(error)
      if (!isRestart(refusal)) throw refusal
      await ctx.retry(refusal)
    }
  }
}

/** Signs in with the authenticator's signature, in the data centre that it names. */
export async function finishPasskeyLogin(
  ctx: LoginContext,
  _state: WaitPasskey,
  { credential }: { readonly credential: InputPasskeyCredential },
): Promise<LoginState> {
  try {
    const from = await moveHome(ctx, homeOf(credential))
    return ctx.authorized(await ctx.client.auth.finishPasskeyLogin({ credential, ...from }))
  } catch (error) {
    const refusal = refusalIn(error)
    if (refusal.type === 'SESSION_PASSWORD_NEEDED') return onPasswordNeeded(ctx, undefined)
    if (refusal.type !== 'CREDENTIAL_INVALID' && !isRestart(refusal)) throw refusal
    await ctx.retry(refusal)
    // The challenge was used up: ask the authenticator again.
    return { ...(await initPasskeyLogin(ctx)), problem: problemOf(refusal) }
  }
}

/** The user's home data centre, from the user handle: `dcId:userId`. */
function homeOf(credential: InputPasskeyCredential): number | undefined {
  if (credential._ !== 'inputPasskeyCredentialPublicKey') return undefined
  if (credential.response._ !== 'inputPasskeyResponseLogin') return undefined
  const [, dcId] = /^(\d{1,9}):\d+$/.exec(credential.response.userHandle) ?? []
  return dcId === undefined ? undefined : Number(dcId)
}

/** The options came from another data centre and key: the server is told which. */
async function moveHome({ client }: LoginContext, dcId: number | undefined) {
  const { dcId: fromDcId, authKeyId: fromAuthKeyId } = client
  if (dcId === undefined || dcId === fromDcId) return {}
  await client.switchDc(dcId)
  return { fromDcId, fromAuthKeyId }
}

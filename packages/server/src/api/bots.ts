import { authorization } from './authorization.ts'
import { checkTexts } from './check-texts.ts'
import type { Handler } from './handler.ts'

/** Signs in with a bot's token. */
export const importBotAuthorization: Handler<'auth.importBotAuthorization'> = async (request, context) => {
  const { apiId, apiHash, botAuthToken: token } = request
  checkTexts(apiHash, token)
  return authorization(
    await context.domain.bots.signIn(context.caller, { apiId, apiHash, token }),
    context.nowS,
  )
}

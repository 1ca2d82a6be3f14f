import { authorization } from './authorization.ts'
import { checkTexts } from './check-texts.ts'
import type { Handler } from './handler.ts'

/** Signs in with a token that a website gave. */
export const importWebTokenAuthorization: Handler<'auth.importWebTokenAuthorization'> = async (
  { apiId, apiHash, webAuthToken: token },
  { domain, caller, nowS },
) => {
  checkTexts(apiHash, token)
  return authorization(await domain.webTokens.signIn(caller, { apiId, apiHash, token }), nowS)
}

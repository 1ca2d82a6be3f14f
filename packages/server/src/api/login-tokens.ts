import { authorization, listedAuthorization } from './authorization.ts'
import { checkTexts } from './check-texts.ts'
import type { Handler } from './handler.ts'

/** A token to show as a QR code; once it was accepted, the login, or where to import it. */
export const exportLoginToken: Handler<'auth.exportLoginToken'> = async (request, context) => {
  const { apiId, apiHash, exceptIds } = request
  checkTexts(apiHash)
  const { domain, caller, nowS } = context
  const answer = await domain.loginTokens.export(caller, { apiId, apiHash, exceptIds })
  switch (answer.kind) {
    case 'show':
      return { _: 'auth.loginToken', expires: nowS + answer.expiresInS, token: answer.token }
    case 'moveTo':
      return { _: 'auth.loginTokenMigrateTo', dcId: answer.dcId, token: answer.token }
    case 'authorized':
      return { _: 'auth.loginTokenSuccess', authorization: authorization(answer.user, nowS) }
  }
}

/** Collects, in the data centre of who accepted it, a login whose token was shown in another one. */
export const importLoginToken: Handler<'auth.importLoginToken'> = async ({ token }, context) => {
  const user = await context.domain.loginTokens.import(context.caller, token)
  return { _: 'auth.loginTokenSuccess', authorization: authorization(user, context.nowS) }
}

/** Lets in the client that shows this token. */
export const acceptLoginToken: Handler<'auth.acceptLoginToken'> = async ({ token }, context) =>
  listedAuthorization(await context.domain.loginTokens.accept(context.caller, token), false, context.nowS)

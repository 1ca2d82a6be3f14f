import { authorization } from './authorization.ts'
import { checkTexts } from './check-texts.ts'
import type { Handler } from './handler.ts'
import { verificationOf } from './login-emails.ts'
import { sentCode } from './sent-code.ts'
import { termsOfService } from './terms.ts'

/** Sends a login code, unless a token of an earlier login stands in for it. */
export const sendCode: Handler<'auth.sendCode'> = async (request, { domain, caller, nowS }) => {
  const { phoneNumber, apiId, apiHash, settings } = request
  checkTexts(phoneNumber, apiHash)
  const allowed = {
    flashCall: settings.allowFlashcall,
    missedCall: settings.allowMissedCall,
  }
  const logoutTokens = settings.logoutTokens ?? []
  const asked = { phoneNumber, apiId, apiHash, logoutTokens, allowed }
  const outcome = await domain.login.sendCode(caller, asked)
  if (outcome.kind === 'sent') return sentCode(outcome, nowS)
  return { _: 'auth.sentCodeSuccess', authorization: authorization(outcome.user, nowS) }
}

/** Sends the code again, the next way of its chain. */
export const resendCode: Handler<'auth.resendCode'> = async (request, { domain, caller, nowS }) => {
  checkTexts(request.phoneNumber, request.phoneCodeHash)
  return sentCode(await domain.login.resendCode(caller, request), nowS)
}

/** Sends the SMS of a device that has shown what it is. */
export const requestFirebaseSms: Handler<'auth.requestFirebaseSms'> = async (request, { domain, caller }) => {
  const { phoneNumber, phoneCodeHash, safetyNetToken, iosPushSecret, playIntegrityToken } = request
  const attestation = playIntegrityToken ?? safetyNetToken ?? iosPushSecret ?? ''
  checkTexts(phoneNumber, phoneCodeHash, attestation)
  return await domain.login.requestFirebaseSms(caller, { phoneNumber, phoneCodeHash, attestation })
}

/** Takes note that a code has not come. */
export const reportMissingCode: Handler<'auth.reportMissingCode'> = async (request, { domain, caller }) => {
  const { phoneNumber, phoneCodeHash, mnc } = request
  checkTexts(phoneNumber, phoneCodeHash, mnc)
  return await domain.login.reportMissingCode(caller, { phoneNumber, phoneCodeHash, mnc })
}

/** Gives a code up. */
export const cancelCode: Handler<'auth.cancelCode'> = async (request, { domain, caller }) => {
  checkTexts(request.phoneNumber, request.phoneCodeHash)
  return await domain.login.cancelCode(caller, request)
}

/** The account's owner has seen that codes leak: they are good for nothing from now on. */
export const invalidateSignInCodes: Handler<'account.invalidateSignInCodes'> = async (request, context) => {
  // One by one: a call takes only so many arguments.
  for (const code of request.codes) checkTexts(code)
  await context.domain.leakedCodes.invalidate(context.caller, request.codes)
  return true
}

/** Signs in with a code; where the number has no account yet, auth.signUp comes next. */
export const signIn: Handler<'auth.signIn'> = async (request, { domain, caller, nowS }) => {
  const { phoneNumber, phoneCodeHash, phoneCode, emailVerification } = request
  checkTexts(phoneNumber, phoneCodeHash, phoneCode ?? '')
  const email = emailVerification && verificationOf(emailVerification)
  const outcome = await domain.login.signIn(caller, { phoneNumber, phoneCodeHash, phoneCode, email })
  if (outcome.kind === 'authorized') return authorization(outcome.user, nowS)
  const { current } = domain.terms
  return {
    _: 'auth.authorizationSignUpRequired',
    ...(current && { termsOfService: termsOfService(current) }),
  }
}

/** Makes the account for a number whose code this key has verified. */
export const signUp: Handler<'auth.signUp'> = async (request, { domain, caller, nowS }) => {
  checkTexts(request.phoneNumber, request.phoneCodeHash, request.firstName, request.lastName)
  const outcome = await domain.login.signUp(caller, request)
  return authorization(outcome.user, nowS)
}

/** Takes the login off the key, and gives what saves the code at the next one. */
export const logOut: Handler<'auth.logOut'> = async (_request, { domain, caller }) => {
  const futureAuthToken = await domain.login.logOut(caller)
  return { _: 'auth.loggedOut', ...(futureAuthToken && { futureAuthToken }) }
}

/** Gives out what signs another key in, in another data centre, as the same user. */
export const exportAuthorization: Handler<'auth.exportAuthorization'> = async ({ dcId }, context) => {
  const { userId, bytes } = await context.domain.transfers.exportTo(context.caller, dcId)
  return { _: 'auth.exportedAuthorization', id: userId, bytes }
}

/** Signs in with what another data centre has given out. */
export const importAuthorization: Handler<'auth.importAuthorization'> = async ({ id, bytes }, context) =>
  authorization(await context.domain.transfers.import(context.caller, { userId: id, bytes }), context.nowS)

/** Drops the temporary keys of this login, but for the one in use and those the client wants to keep. */
export const dropTempAuthKeys: Handler<'auth.dropTempAuthKeys'> = ({ exceptAuthKeys }, context) => {
  const { tempAuthKeyId, caller, domain } = context
  const except = new Set(exceptAuthKeys)
  if (tempAuthKeyId !== undefined) except.add(tempAuthKeyId)
  domain.tempKeys.dropBound(caller.authKeyId, except)
  return true
}

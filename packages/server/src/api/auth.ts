import { endOtherAuthorizations } from '../rules/accounts/authorizations.ts'
import { sendFirebaseSms } from '../rules/codes/firebase.ts'
import { giveUpCode } from '../rules/codes/give-up-code.ts'
import { noteMissingCode } from '../rules/codes/missing-code.ts'
import { checkPaidCode } from '../rules/codes/paid-codes.ts'
import { resendLoginCode } from '../rules/codes/resend-code.ts'
import { takeOffLoginEmail } from '../rules/emails/login-emails.ts'
import { refusal } from '../rules/index.ts'
import { signInBot } from '../rules/logins/bots.ts'
import { issueTokenWithLogin } from '../rules/logins/future-tokens.ts'
import { logOutKey } from '../rules/logins/log-out.ts'
import { collectMovedLogin, letInByToken, showLoginToken } from '../rules/logins/login-tokens.ts'
import { beginPasskeyLogin, signInWithPasskey } from '../rules/logins/passkey-logins.ts'
import { sendLoginCode } from '../rules/logins/send-code.ts'
import { signInWithCode } from '../rules/logins/sign-in.ts'
import { signUpWithCode } from '../rules/logins/sign-up.ts'
import { currentTerms } from '../rules/logins/terms.ts'
import { giveOutLogin, takeInLogin } from '../rules/logins/transfers.ts'
import { signInWithWebToken } from '../rules/logins/web-tokens.ts'
import { replaceLostPassword, sendRecoveryCode, tryRecoveryCode } from '../rules/passwords/password-emails.ts'
import { givePassword } from '../rules/passwords/passwords.ts'
import { authorization, listedAuthorization } from './authorization.ts'
import { checkTexts } from './check-texts.ts'
import { verificationOf } from './email-verification.ts'
import type { Handler } from './handler.ts'
import { answerOf, updateOf } from './password-answers.ts'
import { sentCode } from './sent-code.ts'
import { termsOfService } from './terms.ts'

/** Sends a login code, unless a token of an earlier login replaces it. */
export const sendCode: Handler<'auth.sendCode'> = async (request, { on, caller, nowS }) => {
  const { phoneNumber, apiId, apiHash, settings } = request
  checkTexts(phoneNumber, apiHash)
  const allowed = {
    flashCall: settings.allowFlashcall,
    missedCall: settings.allowMissedCall,
  }
  const logoutTokens = settings.logoutTokens ?? []
  const asked = { phoneNumber, apiId, apiHash, logoutTokens, allowed }
  const outcome = await sendLoginCode(on, caller, asked)
  if (outcome.kind === 'sent') return sentCode(outcome, nowS)
  return { _: 'auth.sentCodeSuccess', authorization: authorization(outcome.user, { on, nowS }) }
}

/** Sends another code by the next channel of its chain. */
export const resendCode: Handler<'auth.resendCode'> = async (request, { on, caller, nowS }) => {
  checkTexts(request.phoneNumber, request.phoneCodeHash)
  return sentCode(await resendLoginCode(on, caller, request), nowS)
}

/** Cancels a code. */
export const cancelCode: Handler<'auth.cancelCode'> = async (request, { on, caller }) => {
  checkTexts(request.phoneNumber, request.phoneCodeHash)
  await giveUpCode(on, caller, request)
  return true
}

/** Signs in with a code. A number without an account continues with auth.signUp. */
export const signIn: Handler<'auth.signIn'> = async (request, { on, caller, nowS }) => {
  const { phoneNumber, phoneCodeHash, phoneCode, emailVerification } = request
  checkTexts(phoneNumber, phoneCodeHash, phoneCode ?? '')
  const email = emailVerification && verificationOf(emailVerification)
  const outcome = await signInWithCode(on, caller, { phoneNumber, phoneCodeHash, phoneCode, email })
  if (outcome.kind === 'authorized') return authorization(outcome.user, { on, nowS })
  const current = currentTerms(on.settings)
  return {
    _: 'auth.authorizationSignUpRequired',
    ...(current && { termsOfService: termsOfService(current) }),
  }
}

/** Creates the account for a number whose code this key has verified. */
export const signUp: Handler<'auth.signUp'> = async (request, { on, caller, nowS }) => {
  checkTexts(request.phoneNumber, request.phoneCodeHash, request.firstName, request.lastName)
  const outcome = await signUpWithCode(on, caller, request)
  return authorization(outcome.user, { on, nowS })
}

/** Ends the key's login, and gives a token that replaces the code at the next one. */
export const logOut: Handler<'auth.logOut'> = async (_request, { on, caller }) => {
  const futureAuthToken = await logOutKey(on, caller)
  return { _: 'auth.loggedOut', ...(futureAuthToken && { futureAuthToken }) }
}

/** Sends the SMS after the device has proved that it runs an official app. */
export const requestFirebaseSms: Handler<'auth.requestFirebaseSms'> = async (request, { on, caller }) => {
  const { phoneNumber, phoneCodeHash, safetyNetToken, iosPushSecret, playIntegrityToken } = request
  const attestation = playIntegrityToken ?? safetyNetToken ?? iosPushSecret ?? ''
  checkTexts(phoneNumber, phoneCodeHash, attestation)
  return await sendFirebaseSms(on, caller, { phoneNumber, phoneCodeHash, attestation })
}

/** Notes that a code did not arrive. */
export const reportMissingCode: Handler<'auth.reportMissingCode'> = async (request, { on, caller }) => {
  const { phoneNumber, phoneCodeHash, mnc } = request
  checkTexts(phoneNumber, phoneCodeHash, mnc)
  return await noteMissingCode(on, caller, { phoneNumber, phoneCodeHash, mnc })
}

/** Tells where the code is after a payment by form. */
export const checkPaidAuth: Handler<'auth.checkPaidAuth'> = async (request, { on, caller, nowS }) => {
  const { phoneNumber, phoneCodeHash, formId } = request
  checkTexts(phoneNumber, phoneCodeHash)
  return sentCode(await checkPaidCode(on, caller, { phoneNumber, phoneCodeHash, formId }), nowS)
}

/** Removes the login e-mail, at once or after some days. */
export const resetLoginEmail: Handler<'auth.resetLoginEmail'> = async (request, context) => {
  checkTexts(request.phoneNumber, request.phoneCodeHash)
  return sentCode(await takeOffLoginEmail(context.on, context.caller, request), context.nowS)
}

/** Completes a login with its password. The client's next login needs the password only. */
export const checkPassword: Handler<'auth.checkPassword'> = async ({ password }, context) => {
  const { on, caller, nowS } = context
  const user = await givePassword(on, caller, answerOf(password))
  return authorization(user, { on, nowS }, await issueTokenWithLogin(on, caller))
}

/** Sends a code to the recovery address. */
export const requestPasswordRecovery: Handler<'auth.requestPasswordRecovery'> = async (_request, context) => {
  const emailPattern = await sendRecoveryCode(context.on, context.caller)
  return { _: 'auth.passwordRecovery', emailPattern }
}

/** Checks a recovery code before the client asks for a new password. */
export const checkRecoveryPassword: Handler<'auth.checkRecoveryPassword'> = async ({ code }, context) => {
  checkTexts(code)
  await tryRecoveryCode(context.on, context.caller, code)
  return true
}

/** Signs in with a recovery code, and removes the lost password or replaces it with a new one. */
export const recoverPassword: Handler<'auth.recoverPassword'> = async ({ code, newSettings }, context) => {
  checkTexts(code)
  const { password, email } = newSettings === undefined ? {} : updateOf(newSettings)
  // The address has just proved itself, so it stays.
  if (email !== undefined) throw refusal('NEW_SETTINGS_INVALID')
  const { on, caller, nowS } = context
  return authorization(await replaceLostPassword(on, caller, code, password ?? null), { on, nowS })
}

/** Gives a token to show as a QR code; after it is accepted, the login, or the data centre to import it from. */
export const exportLoginToken: Handler<'auth.exportLoginToken'> = async (request, context) => {
  const { apiId, apiHash, exceptIds } = request
  checkTexts(apiHash)
  const { on, caller, nowS } = context
  const answer = await showLoginToken(on, caller, { apiId, apiHash, exceptIds })
  switch (answer.kind) {
    case 'show':
      return { _: 'auth.loginToken', expires: nowS + answer.expiresInS, token: answer.token }
    case 'moveTo':
      return { _: 'auth.loginTokenMigrateTo', dcId: answer.dcId, token: answer.token }
    case 'authorized':
      return { _: 'auth.loginTokenSuccess', authorization: authorization(answer.user, { on, nowS }) }
  }
}

/** Completes a login in its account's data centre, after its QR code was shown in another one. */
export const importLoginToken: Handler<'auth.importLoginToken'> = async ({ token }, context) => {
  const user = await collectMovedLogin(context.on, context.caller, token)
  return { _: 'auth.loginTokenSuccess', authorization: authorization(user, context) }
}

/** Signs in the client that shows this token. */
export const acceptLoginToken: Handler<'auth.acceptLoginToken'> = async ({ token }, context) =>
  listedAuthorization(await letInByToken(context.on, context.caller, token), false, context.nowS)

/** Gives the options that a passkey signs for a login. */
export const initPasskeyLogin: Handler<'auth.initPasskeyLogin'> = async ({ apiId, apiHash }, context) => {
  checkTexts(apiHash)
  const data = await beginPasskeyLogin(context.on, context.caller, { apiId, apiHash })
  return { _: 'auth.passkeyLoginOptions', options: { _: 'dataJSON', data } }
}

/** Signs in with a passkey's signature. */
export const finishPasskeyLogin: Handler<'auth.finishPasskeyLogin'> = async (request, context) => {
  const { credential, fromDcId, fromAuthKeyId } = request
  // The other form proves a phone number to Google, and this server does not ask Google.
  if (credential._ !== 'inputPasskeyCredentialPublicKey') throw refusal('CREDENTIAL_INVALID')
  const { id, response } = credential
  if (response._ !== 'inputPasskeyResponseLogin') throw refusal('CREDENTIAL_INVALID')
  const { clientData, authenticatorData, signature, userHandle } = response
  const hasMoved = fromDcId !== undefined && fromAuthKeyId !== undefined
  const user = await signInWithPasskey(context.on, context.caller, {
    id,
    clientData: clientData.data,
    authenticatorData,
    signature,
    userHandle,
    from: hasMoved ? { authKeyId: fromAuthKeyId, dcId: fromDcId } : undefined,
  })
  return authorization(user, context)
}

/** Signs in with a bot's token. */
export const importBotAuthorization: Handler<'auth.importBotAuthorization'> = async (request, context) => {
  const { apiId, apiHash, botAuthToken: token } = request
  checkTexts(apiHash, token)
  return authorization(await signInBot(context.on, context.caller, { apiId, apiHash, token }), context)
}

/** Signs in with a token from a website. */
export const importWebTokenAuthorization: Handler<'auth.importWebTokenAuthorization'> = async (
  { apiId, apiHash, webAuthToken: token },
  { on, caller, nowS },
) => {
  checkTexts(apiHash, token)
  return authorization(await signInWithWebToken(on, caller, { apiId, apiHash, token }), { on, nowS })
}

/** Gives a token that signs the user in with another key in another data centre. */
export const exportAuthorization: Handler<'auth.exportAuthorization'> = async ({ dcId }, context) => {
  const { userId, bytes } = await giveOutLogin(context.on, context.caller, dcId)
  return { _: 'auth.exportedAuthorization', id: userId, bytes }
}

/** Signs in with a token from another data centre. */
export const importAuthorization: Handler<'auth.importAuthorization'> = async ({ id, bytes }, context) =>
  authorization(await takeInLogin(context.on, context.caller, { userId: id, bytes }), context)

/** Drops the temporary keys of this login, except the one in use and those that the client keeps. */
export const dropTempAuthKeys: Handler<'auth.dropTempAuthKeys'> = ({ exceptAuthKeys }, context) => {
  const { tempAuthKeyId, caller, on } = context
  const except = new Set(exceptAuthKeys)
  if (tempAuthKeyId !== undefined) except.add(tempAuthKeyId)
  on.tempKeys.dropBound(caller.authKeyId, except)
  return true
}

/** Ends all other logins. */
export const resetAuthorizations: Handler<'auth.resetAuthorizations'> = async (_request, context) => {
  await endOtherAuthorizations(context.on, context.caller)
  return true
}

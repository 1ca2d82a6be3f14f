import type { EmailVerifyPurpose, PasswordKdfAlgo, Passkey as TlPasskey } from '@cablegram/tl/api'
import {
  changeAuthorization,
  endAuthorization,
  listAuthorizations,
  setTtlOfLogins,
} from '../rules/accounts/authorizations.ts'
import { revokeLeakedCodes } from '../rules/codes/leaked-codes.ts'
import { type EmailPurpose, requestEmailCode, verifyEmailAddress } from '../rules/emails/email-proofs.ts'
import { refusal } from '../rules/index.ts'
import {
  addPasskey,
  beginPasskeyRegistration,
  passkeysOf,
  takePasskeyAway,
} from '../rules/logins/passkeys.ts'
import type { Passkey } from '../rules/logins/words.ts'
import {
  cancelRecoveryEmail,
  confirmRecoveryEmail,
  resendRecoveryEmail,
} from '../rules/passwords/password-emails.ts'
import { askForPasswordReset, declineReset, deleteOwnAccount } from '../rules/passwords/password-resets.ts'
import {
  getPasswordInfo,
  openPasswordSettings,
  type PasswordInfo,
  updatePassword,
} from '../rules/passwords/passwords.ts'
import { listedAuthorization } from './authorization.ts'
import { checkTexts } from './check-texts.ts'
import { verificationOf } from './email-verification.ts'
import type { Handler } from './handler.ts'
import { answerOf, updateOf } from './password-answers.ts'
import { sentCode } from './sent-code.ts'

/** Lists the account's logins; the calling one comes first. */
export const getAuthorizations: Handler<'account.getAuthorizations'> = async (_request, context) => {
  const { on, caller, nowS } = context
  const { logins, ownHash, ttlDays } = await listAuthorizations(on, caller)
  const listed = logins.map((login) => {
    const isOwn = login.hash === ownHash && !login.passwordPending
    return listedAuthorization(login, isOwn, nowS)
  })
  const authorizations = [
    ...listed.filter(({ current }) => current),
    ...listed.filter(({ current }) => !current),
  ]
  return { _: 'account.authorizations', authorizationTtlDays: ttlDays, authorizations }
}

/** Ends another login. */
export const resetAuthorization: Handler<'account.resetAuthorization'> = async ({ hash }, context) => {
  await endAuthorization(context.on, context.caller, hash)
  return true
}

/** Confirms a login, or changes whether it accepts secret chats and calls. */
export const changeAuthorizationSettings: Handler<'account.changeAuthorizationSettings'> = async (
  { hash, confirmed, encryptedRequestsDisabled, callRequestsDisabled },
  { on, caller },
) => {
  await changeAuthorization(on, caller, {
    hash,
    confirmed: confirmed === true,
    encryptedRequestsDisabled,
    callRequestsDisabled,
  })
  return true
}

/** Sets the number of idle days after which the account's logins end. */
export const setAuthorizationTTL: Handler<'account.setAuthorizationTTL'> = async (
  { authorizationTtlDays },
  { on, caller },
) => {
  await setTtlOfLogins(on, caller, authorizationTtlDays)
  return true
}

/** Lists logins to websites: always empty, because this server has no login widget. */
export const getWebAuthorizations: Handler<'account.getWebAuthorizations'> = () => ({
  _: 'account.webAuthorizations',
  authorizations: [],
  users: [],
})

/** Revokes login codes that the client reports as leaked. */
export const invalidateSignInCodes: Handler<'account.invalidateSignInCodes'> = async (request, context) => {
  // One call for each code: a function takes only so many arguments.
  for (const code of request.codes) checkTexts(code)
  await revokeLeakedCodes(context.on, context.caller, request.codes)
  return true
}

/** Sends a code that proves an e-mail address. */
export const sendVerifyEmailCode: Handler<'account.sendVerifyEmailCode'> = async (request, context) => {
  const { purpose, email } = request
  checkTexts(email)
  const { emailPattern, length } = await requestEmailCode(
    context.on,
    context.caller,
    purposeOf(purpose),
    email,
  )
  return { _: 'account.sentEmailCode', emailPattern, length }
}

/** Proves an e-mail address. A login that waited for it continues with its code. */
export const verifyEmail: Handler<'account.verifyEmail'> = async (request, { on, caller, nowS }) => {
  const purpose = purposeOf(request.purpose)
  const by = verificationOf(request.verification)
  const { email, sentCode: code } = await verifyEmailAddress(on, caller, purpose, by)
  if (code === undefined) return { _: 'account.emailVerified', email }
  return { _: 'account.emailVerifiedLogin', email, sentCode: sentCode(code, nowS) }
}

function purposeOf(purpose: EmailVerifyPurpose): EmailPurpose {
  switch (purpose._) {
    case 'emailVerifyPurposeLoginSetup': {
      const { phoneNumber, phoneCodeHash } = purpose
      checkTexts(phoneNumber, phoneCodeHash)
      return { kind: 'setUp', phoneNumber, phoneCodeHash }
    }
    case 'emailVerifyPurposeLoginChange':
      return { kind: 'change' }
    case 'emailVerifyPurposePassport':
      return { kind: 'passport' }
  }
}

/** Gives the options that a new passkey signs. */
export const initPasskeyRegistration: Handler<'account.initPasskeyRegistration'> = async (_, context) => {
  const data = await beginPasskeyRegistration(context.on, context.caller)
  return { _: 'account.passkeyRegistrationOptions', options: { _: 'dataJSON', data } }
}

/** Adds a passkey to the account. */
export const registerPasskey: Handler<'account.registerPasskey'> = async ({ credential }, context) => {
  if (credential._ !== 'inputPasskeyCredentialPublicKey') throw refusal('CREDENTIAL_INVALID')
  const { id, response } = credential
  if (response._ !== 'inputPasskeyResponseRegister') throw refusal('CREDENTIAL_INVALID')
  const { on, caller, nowS } = context
  const { clientData, attestationData: attestation } = response
  return passkeyOf(await addPasskey(on, caller, { id, clientData: clientData.data, attestation }), nowS)
}

/** Lists the account's passkeys. */
export const getPasskeys: Handler<'account.getPasskeys'> = async (_request, { on, caller, nowS }) => {
  const passkeys = await passkeysOf(on, caller)
  return { _: 'account.passkeys', passkeys: passkeys.map((passkey) => passkeyOf(passkey, nowS)) }
}

/** Removes a passkey from the account. */
export const deletePasskey: Handler<'account.deletePasskey'> = ({ id }, { on, caller }) =>
  takePasskeyAway(on, caller, id)

/** @param nowS on the wall clock; the rules' clock may be ahead of it */
function passkeyOf({ id, name, createdAtS, usedAtS }: Passkey, nowS: number): TlPasskey {
  return {
    _: 'passkey',
    id,
    name,
    date: Math.min(createdAtS, nowS),
    ...(usedAtS !== undefined && { lastUsageDate: Math.min(usedAtS, nowS) }),
  }
}

/** Gives the challenge for the account's password, and the algorithm for a new one. */
export const getPassword: Handler<'account.getPassword'> = async (_request, { on, caller, nowS }) => {
  const info = await getPasswordInfo(on, caller)
  const { asked, unconfirmedEmail, loginEmail, resetInS } = info
  return {
    _: 'account.password',
    ...(asked?.hasRecovery && { hasRecovery: true }),
    ...(asked && {
      hasPassword: true,
      currentAlgo: kdfAlgo(asked.algo),
      srpB: asked.srpB,
      srpId: asked.srpId,
    }),
    ...(asked && asked.hint !== '' && { hint: asked.hint }),
    ...(unconfirmedEmail !== undefined && { emailUnconfirmedPattern: unconfirmedEmail }),
    ...(loginEmail !== undefined && { loginEmailPattern: loginEmail }),
    newAlgo: kdfAlgo(info.newAlgo),
    newSecureAlgo: { _: 'securePasswordKdfAlgoPBKDF2HMACSHA512iter100000', salt: info.newSecureSalt },
    secureRandom: info.secureRandom,
    ...(resetInS !== undefined && { pendingResetDate: nowS + resetInS }),
  }
}

function kdfAlgo(algo: PasswordInfo['newAlgo']): PasswordKdfAlgo {
  return { _: 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow', ...algo }
}

/** Gives the settings that only the password opens. */
export const getPasswordSettings: Handler<'account.getPasswordSettings'> = async ({ password }, context) => {
  const { email } = await openPasswordSettings(context.on, context.caller, answerOf(password))
  return { _: 'account.passwordSettings', ...(email !== undefined && { email }) }
}

/** Sets, changes or removes the password or its recovery address. */
export const updatePasswordSettings: Handler<'account.updatePasswordSettings'> = async (
  { password, newSettings },
  { on, caller },
) => {
  await updatePassword(on, caller, answerOf(password), updateOf(newSettings))
  return true
}

/** Refuses a password for payments, because nothing on this server takes one. */
export const getTmpPassword: Handler<'account.getTmpPassword'> = async ({ password }, { on, caller }) => {
  await openPasswordSettings(on, caller, answerOf(password))
  throw refusal('TMP_PASSWORD_DISABLED')
}

/** Confirms the recovery address, and applies the change that waited for it. */
export const confirmPasswordEmail: Handler<'account.confirmPasswordEmail'> = async ({ code }, context) => {
  checkTexts(code)
  await confirmRecoveryEmail(context.on, context.caller, code)
  return true
}

/** Sends another code to the unconfirmed address. */
export const resendPasswordEmail: Handler<'account.resendPasswordEmail'> = async (_request, context) => {
  await resendRecoveryEmail(context.on, context.caller)
  return true
}

/** Drops the change whose address is not confirmed. */
export const cancelPasswordEmail: Handler<'account.cancelPasswordEmail'> = async (_request, context) => {
  await cancelRecoveryEmail(context.on, context.caller)
  return true
}

/** Requests the removal of the password; removes it if the request is a week old. */
export const resetPassword: Handler<'account.resetPassword'> = async (_request, context) => {
  const outcome = await askForPasswordReset(context.on, context.caller)
  switch (outcome.kind) {
    case 'reset':
      return { _: 'account.resetPasswordOk' }
    case 'waits':
      return { _: 'account.resetPasswordRequestedWait', untilDate: context.nowS + outcome.inS }
    case 'declined':
      return { _: 'account.resetPasswordFailedWait', retryDate: context.nowS + outcome.inS }
  }
}

/** Cancels a requested removal of the password. */
export const declinePasswordReset: Handler<'account.declinePasswordReset'> = async (_request, context) => {
  await declineReset(context.on, context.caller)
  return true
}

/** Deletes the account: at once with its password, or if it has none. */
export const deleteAccount: Handler<'account.deleteAccount'> = async ({ reason, password }, context) => {
  checkTexts(reason)
  const answer = password === undefined ? undefined : (answerOf(password) ?? null)
  await deleteOwnAccount(context.on, context.caller, answer)
  return true
}

import type { EmailVerifyPurpose, PasswordKdfAlgo, Passkey as TlPasskey } from '@cablegram/tl/api'
import {
  changeAuthorization,
  endAuthorization,
  listAuthorizations,
  setTtlOfLogins,
} from '../rules/accounts/authorizations.ts'
import { type EmailPurpose, requestEmailCode, verifyEmailAddress } from '../rules/emails/email-proofs.ts'
import { refusal } from '../rules/index.ts'
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

/** The account's logins, the one that asks first. */
export const getAuthorizations: Handler<'account.getAuthorizations'> = async (_request, context) => {
  const { domain, caller, nowS } = context
  const { logins, ownHash, ttlDays } = await listAuthorizations(domain, caller)
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
  await endAuthorization(context.domain, context.caller, hash)
  return true
}

/** Says of a login that it is one's own, or what it may not be asked for. */
export const changeAuthorizationSettings: Handler<'account.changeAuthorizationSettings'> = async (
  { hash, confirmed, encryptedRequestsDisabled, callRequestsDisabled },
  { domain, caller },
) => {
  await changeAuthorization(domain, caller, {
    hash,
    confirmed: confirmed === true,
    encryptedRequestsDisabled,
    callRequestsDisabled,
  })
  return true
}

/** After how many days without a request the account's logins end. */
export const setAuthorizationTTL: Handler<'account.setAuthorizationTTL'> = async (
  { authorizationTtlDays },
  { domain, caller },
) => {
  await setTtlOfLogins(domain, caller, authorizationTtlDays)
  return true
}

/** Logins to websites: this server has no widget that makes any. */
export const getWebAuthorizations: Handler<'account.getWebAuthorizations'> = () => ({
  _: 'account.webAuthorizations',
  authorizations: [],
  users: [],
})

/** The account's owner has seen that codes leak: they are good for nothing from now on. */
export const invalidateSignInCodes: Handler<'account.invalidateSignInCodes'> = async (request, context) => {
  // One by one: a call takes only so many arguments.
  for (const code of request.codes) checkTexts(code)
  await context.domain.leakedCodes.invalidate(context.caller, request.codes)
  return true
}

/** Whether the account is online: nobody here sees that of anybody else. */
export const updateStatus: Handler<'account.updateStatus'> = () => true

/** Sends a code to an e-mail address, to prove it. */
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

/** Proves the address; where a login has asked for it, that goes on. */
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

/** What a new passkey is to sign. */
export const initPasskeyRegistration: Handler<'account.initPasskeyRegistration'> = async (_, context) => {
  const data = await context.domain.passkeys.initRegistration(context.caller)
  return { _: 'account.passkeyRegistrationOptions', options: { _: 'dataJSON', data } }
}

/** Adds a passkey to the account. */
export const registerPasskey: Handler<'account.registerPasskey'> = async ({ credential }, context) => {
  if (credential._ !== 'inputPasskeyCredentialPublicKey') throw refusal('CREDENTIAL_INVALID')
  const { id, response } = credential
  if (response._ !== 'inputPasskeyResponseRegister') throw refusal('CREDENTIAL_INVALID')
  const { domain, caller, nowS } = context
  const { clientData, attestationData: attestation } = response
  return passkeyOf(
    await domain.passkeys.register(caller, { id, clientData: clientData.data, attestation }),
    nowS,
  )
}

/** The account's passkeys. */
export const getPasskeys: Handler<'account.getPasskeys'> = async (_request, { domain, caller, nowS }) => {
  const passkeys = await domain.passkeys.list(caller)
  return { _: 'account.passkeys', passkeys: passkeys.map((passkey) => passkeyOf(passkey, nowS)) }
}

/** Takes a passkey from the account. */
export const deletePasskey: Handler<'account.deletePasskey'> = ({ id }, { domain, caller }) =>
  domain.passkeys.remove(caller, id)

/** @param nowS on the wall clock, which the rules' clock may be ahead of */
function passkeyOf({ id, name, createdAtS, usedAtS }: Passkey, nowS: number): TlPasskey {
  return {
    _: 'passkey',
    id,
    name,
    date: Math.min(createdAtS, nowS),
    ...(usedAtS !== undefined && { lastUsageDate: Math.min(usedAtS, nowS) }),
  }
}

/** What is asked about the account's password, and what a new one is to be made with. */
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

/** What only who knows the password is shown. */
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

/** Passwords for payments: nothing on this server takes one. */
export const getTmpPassword: Handler<'account.getTmpPassword'> = async ({ password }, { on, caller }) => {
  await openPasswordSettings(on, caller, answerOf(password))
  throw refusal('TMP_PASSWORD_DISABLED')
}

/** Confirms the recovery address, and so makes the change that came with it. */
export const confirmPasswordEmail: Handler<'account.confirmPasswordEmail'> = async ({ code }, context) => {
  checkTexts(code)
  await confirmRecoveryEmail(context.on, context.caller, code)
  return true
}

/** Sends another code to the address that is not confirmed. */
export const resendPasswordEmail: Handler<'account.resendPasswordEmail'> = async (_request, context) => {
  await resendRecoveryEmail(context.on, context.caller)
  return true
}

/** Gives up the change whose address is not confirmed. */
export const cancelPasswordEmail: Handler<'account.cancelPasswordEmail'> = async (_request, context) => {
  await cancelRecoveryEmail(context.on, context.caller)
  return true
}

/** Asks for the password to be taken away, or takes it away once it was asked for a week ago. */
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

/** Calls off what somebody else has asked for. */
export const declinePasswordReset: Handler<'account.declinePasswordReset'> = async (_request, context) => {
  await declineReset(context.on, context.caller)
  return true
}

/** Deletes the account: at once with its password, or where it has none. */
export const deleteAccount: Handler<'account.deleteAccount'> = async ({ reason, password }, context) => {
  checkTexts(reason)
  const answer = password === undefined ? undefined : (answerOf(password) ?? null)
  await deleteOwnAccount(context.on, context.caller, answer)
  return true
}

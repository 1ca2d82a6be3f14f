import type { EmailVerification, EmailVerifyPurpose } from '@cablegram/tl/api'
import type * as codes from '../rules/codes/words.ts'
import { type EmailPurpose, requestEmailCode, verifyEmailAddress } from '../rules/emails/email-proofs.ts'
import { takeOffLoginEmail } from '../rules/emails/login-emails.ts'
import { checkTexts } from './check-texts.ts'
import type { Handler } from './handler.ts'
import { sentCode } from './sent-code.ts'

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

/** Has the login e-mail taken off, at once or after some days. */
export const resetLoginEmail: Handler<'auth.resetLoginEmail'> = async (request, context) => {
  checkTexts(request.phoneNumber, request.phoneCodeHash)
  return sentCode(await takeOffLoginEmail(context.on, context.caller, request), context.nowS)
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

/** What answers a code that went to an address. */
export function verificationOf(verification: EmailVerification): codes.EmailVerification {
  if (verification._ === 'emailVerificationCode') {
    checkTexts(verification.code)
    return { code: verification.code }
  }
  checkTexts(verification.token)
  return { token: verification.token }
}

import type { EmailVerification } from '@cablegram/tl/api'
import type * as codes from '../rules/codes/words.ts'
import { checkTexts } from './check-texts.ts'

/** Proof of an e-mail address: a code, or a token of Google or Apple. */
export function verificationOf(verification: EmailVerification): codes.EmailVerification {
  if (verification._ === 'emailVerificationCode') {
    checkTexts(verification.code)
    return { code: verification.code }
  }
  checkTexts(verification.token)
  return { token: verification.token }
}

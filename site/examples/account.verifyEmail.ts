import { defineExample, type Example } from '../printers/example.ts'
import { EMAIL, EMAIL_CODE, PHONE } from '../printers/states.ts'

export const example: Example = defineExample('account.verifyEmail', {
  given: 'emailCodeSent',
  params: ({ sent }) => ({
    purpose: { _: 'emailVerifyPurposeLoginSetup', phoneNumber: PHONE, phoneCodeHash: sent.phoneCodeHash },
    verification: { _: 'emailVerificationCode', code: EMAIL_CODE },
  }),
  as: 'verified',
  shows: {
    _: 'account.emailVerifiedLogin',
    email: EMAIL,
    'sentCode._': 'auth.sentCode',
    'sentCode.type._': 'auth.sentCodeTypeSms',
  },
})

import { defineExample, type Example } from '../printers/example.ts'
import { EMAIL, PHONE } from '../printers/states.ts'

export const example: Example = defineExample('account.sendVerifyEmailCode', {
  given: 'emailAsked',
  params: ({ sent }) => ({
    purpose: { _: 'emailVerifyPurposeLoginSetup', phoneNumber: PHONE, phoneCodeHash: sent.phoneCodeHash },
    email: EMAIL,
  }),
  as: 'mailed',
  shows: { emailPattern: 'a***a@e***.org', length: 6 },
})

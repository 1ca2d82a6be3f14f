import { defineExample, type Example } from '../printers/example.ts'
import { CODE, PHONE } from '../printers/states.ts'

export const example: Example = defineExample('auth.signIn', {
  given: 'codeSent',
  params: ({ sent }) => ({ phoneNumber: PHONE, phoneCodeHash: sent.phoneCodeHash, phoneCode: CODE }),
  as: 'signedIn',
  shows: { _: 'auth.authorization', 'user.firstName': 'Ada', 'user.phone': '9996621234' },
})

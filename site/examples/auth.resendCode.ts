import { defineExample, type Example } from '../printers/example.ts'
import { PHONE } from '../printers/states.ts'

export const example: Example = defineExample('auth.resendCode', {
  given: 'codeSent',
  params: ({ sent }) => ({ phoneNumber: PHONE, phoneCodeHash: sent.phoneCodeHash }),
  as: 'again',
  answer: 'auth.sentCode',
  shows: { 'type._': 'auth.sentCodeTypeCall', 'type.length': 5 },
})

import { defineExample, type Example } from '../printers/example.ts'
import { PHONE } from '../printers/states.ts'

export const example: Example = defineExample('auth.resetLoginEmail', {
  given: 'codeByEmail',
  params: ({ sent }) => ({ phoneNumber: PHONE, phoneCodeHash: sent.phoneCodeHash }),
  as: 'reset',
  answer: 'auth.sentCode',
  shows: { 'type._': 'auth.sentCodeTypeEmailCode', 'type.emailPattern': 'a***a@e***.org' },
})

import { defineExample, type Example } from '../printers/example.ts'
import { PHONE } from '../printers/states.ts'

export const example: Example = defineExample('auth.cancelCode', {
  given: 'codeSent',
  params: ({ sent }) => ({ phoneNumber: PHONE, phoneCodeHash: sent.phoneCodeHash }),
  shows: { '': true },
})

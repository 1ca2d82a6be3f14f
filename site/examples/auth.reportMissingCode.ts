import { defineExample, type Example } from '../printers/example.ts'
import { PHONE } from '../printers/states.ts'

export const example: Example = defineExample('auth.reportMissingCode', {
  given: 'codeSent',
  params: ({ sent }) => ({ phoneNumber: PHONE, phoneCodeHash: sent.phoneCodeHash, mnc: '01' }),
  shows: { '': true },
})

import { defineExample, type Example } from '../printers/example.ts'
import { PHONE } from '../printers/states.ts'

export const example: Example = defineExample('auth.requestFirebaseSms', {
  given: 'firebase',
  params: ({ sent }) => ({
    phoneNumber: PHONE,
    phoneCodeHash: sent.phoneCodeHash,
    playIntegrityToken: 'test',
  }),
  shows: { '': true },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.deleteAccount', {
  given: 'signedIn',
  params: { reason: 'I have another account' },
  shows: { '': true },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.updateStatus', {
  given: 'signedIn',
  params: { offline: false },
  shows: { '': true },
})

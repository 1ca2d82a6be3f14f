import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.declinePasswordReset', {
  given: 'resetAsked',
  params: {},
  shows: { '': true },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getContactSignUpNotification', {
  given: 'signedIn',
  params: {},
  shows: { '': false },
})

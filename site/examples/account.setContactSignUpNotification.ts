import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.setContactSignUpNotification', {
  given: 'signedIn',
  params: { silent: true },
  shows: { '': true },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.resetNotifySettings', {
  given: 'signedIn',
  params: {},
  shows: { '': true },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.checkUsername', {
  given: 'signedIn',
  params: { username: 'ada_lovelace' },
  shows: { '': true },
})

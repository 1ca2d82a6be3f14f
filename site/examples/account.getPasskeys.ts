import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getPasskeys', {
  given: 'signedIn',
  params: {},
  as: 'answer',
  shows: { _: 'account.passkeys', 'passkeys.length': 0 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getWebAuthorizations', {
  given: 'signedIn',
  params: {},
  as: 'websites',
  shows: { _: 'account.webAuthorizations', 'authorizations.length': 0 },
})

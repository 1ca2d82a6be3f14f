import { defineExample, type Example, followUp } from '../printers/example.ts'

export const example: Example = defineExample('account.setAuthorizationTTL', {
  given: 'signedIn',
  params: { authorizationTtlDays: 7 },
  shows: { '': true },
  after: followUp('account.getAuthorizations', {}, { as: 'logins', shows: { authorizationTtlDays: 7 } }),
})

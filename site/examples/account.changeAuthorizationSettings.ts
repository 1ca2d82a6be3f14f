import { defineExample, type Example, followUp } from '../printers/example.ts'

export const example: Example = defineExample('account.changeAuthorizationSettings', {
  given: 'otherLogin',
  params: ({ other }) => ({ hash: other.hash, callRequestsDisabled: true }),
  shows: { '': true },
  after: followUp(
    'account.getAuthorizations',
    {},
    { as: 'logins', shows: { 'authorizations.1.callRequestsDisabled': true } },
  ),
})

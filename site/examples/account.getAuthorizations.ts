import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getAuthorizations', {
  given: 'twoLogins',
  params: {},
  as: 'logins',
  shows: {
    authorizationTtlDays: 183,
    'authorizations.length': 2,
    'authorizations.0.apiId': 10001,
    'authorizations.0.appName': 'Cablegram',
  },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('auth.logOut', {
  given: 'signedIn',
  params: {},
  as: 'loggedOut',
  shows: { _: 'auth.loggedOut', 'futureAuthToken.length': 32 },
})

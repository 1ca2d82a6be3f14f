import { defineExample, type Example } from '../printers/example.ts'
import { APP } from '../printers/states.ts'

export const example: Example = defineExample('auth.importWebTokenAuthorization', {
  given: 'webToken',
  params: ({ token }) => ({ ...APP, webAuthToken: token }),
  as: 'signedIn',
  shows: { _: 'auth.authorization', 'user.firstName': 'Ada' },
})

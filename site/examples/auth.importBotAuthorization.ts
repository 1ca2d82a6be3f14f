import { defineExample, type Example } from '../printers/example.ts'
import { APP } from '../printers/states.ts'

export const example: Example = defineExample('auth.importBotAuthorization', {
  given: 'bot',
  params: ({ token }) => ({ flags: 0, ...APP, botAuthToken: token }),
  as: 'signedIn',
  shows: { _: 'auth.authorization', 'user.username': 'echo_bot', 'user.bot': true },
})

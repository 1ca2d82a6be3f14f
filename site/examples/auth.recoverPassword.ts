import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('auth.recoverPassword', {
  given: 'recoveryPending',
  params: ({ code }) => ({ code }),
  as: 'signedIn',
  shows: { _: 'auth.authorization', 'user.firstName': 'Ada' },
})

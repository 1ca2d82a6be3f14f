import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('auth.checkPassword', {
  given: 'passwordPending',
  params: ({ password }) => ({ password }),
  as: 'signedIn',
  shows: { _: 'auth.authorization', 'user.firstName': 'Ada' },
})

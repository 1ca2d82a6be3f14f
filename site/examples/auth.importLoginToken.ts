import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('auth.importLoginToken', {
  given: 'qrAccepted',
  params: ({ token }) => ({ token }),
  as: 'login',
  shows: {
    _: 'auth.loginTokenSuccess',
    'authorization._': 'auth.authorization',
    'authorization.user.firstName': 'Ada',
  },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('auth.requestPasswordRecovery', {
  given: 'recoverable',
  params: {},
  as: 'recovery',
  shows: { _: 'auth.passwordRecovery', emailPattern: 'a***a@e***.org' },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('auth.checkRecoveryPassword', {
  given: 'recoveryPending',
  params: ({ code }) => ({ code }),
  shows: { '': true },
})

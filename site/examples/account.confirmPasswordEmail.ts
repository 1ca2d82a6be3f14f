import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.confirmPasswordEmail', {
  given: 'emailUnconfirmed',
  params: ({ code }) => ({ code }),
  shows: { '': true },
})

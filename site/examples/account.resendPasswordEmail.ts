import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.resendPasswordEmail', {
  given: 'emailUnconfirmed',
  params: {},
  shows: { '': true },
})

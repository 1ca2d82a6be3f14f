import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.cancelPasswordEmail', {
  given: 'emailUnconfirmed',
  params: {},
  shows: { '': true },
})

import { defineExample, type Example, followUp } from '../printers/example.ts'

export const example: Example = defineExample('account.confirmPasswordEmail', {
  given: 'emailUnconfirmed',
  params: ({ code }) => ({ code }),
  shows: { '': true },
  after: followUp('account.getPassword', {}, { as: 'question', shows: { hasRecovery: true } }),
})

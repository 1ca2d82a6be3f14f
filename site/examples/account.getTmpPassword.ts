import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getTmpPassword', {
  given: 'withPassword',
  params: ({ password }) => ({ password, period: 3600 }),
  refused: '400 TMP_PASSWORD_DISABLED',
  note: 'A temporary password is for payments, and this server has nothing to buy that takes one: it refuses the right password, too.',
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.resetPassword', {
  given: 'withPassword',
  params: {},
  as: 'reset',
  shows: { _: 'account.resetPasswordRequestedWait' },
})

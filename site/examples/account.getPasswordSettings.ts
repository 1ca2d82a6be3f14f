import { defineExample, type Example } from '../printers/example.ts'
import { EMAIL } from '../printers/states.ts'

export const example: Example = defineExample('account.getPasswordSettings', {
  given: 'withPassword',
  params: ({ password }) => ({ password }),
  as: 'settings',
  shows: { _: 'account.passwordSettings', email: EMAIL },
})

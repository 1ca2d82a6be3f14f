import { defineExample, type Example, followUp } from '../printers/example.ts'

export const example: Example = defineExample('auth.resetAuthorizations', {
  given: 'twoLogins',
  params: {},
  shows: { '': true },
  after: followUp('account.getAuthorizations', {}, { as: 'left', shows: { 'authorizations.length': 1 } }),
})

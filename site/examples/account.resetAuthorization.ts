import { defineExample, type Example, followUp } from '../printers/example.ts'

export const example: Example = defineExample('account.resetAuthorization', {
  given: 'otherLogin',
  params: ({ other }) => ({ hash: other.hash }),
  shows: { '': true },
  after: followUp('account.getAuthorizations', {}, { as: 'left', shows: { 'authorizations.length': 1 } }),
})

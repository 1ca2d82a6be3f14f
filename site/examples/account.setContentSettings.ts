import { defineExample, type Example, followUp } from '../printers/example.ts'

export const example: Example = defineExample('account.setContentSettings', {
  given: 'signedIn',
  params: { sensitiveEnabled: true },
  shows: { '': true },
  after: followUp('account.getContentSettings', {}, { as: 'settings', shows: { sensitiveEnabled: true } }),
})

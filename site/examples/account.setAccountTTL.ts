import { defineExample, type Example, followUp } from '../printers/example.ts'

export const example: Example = defineExample('account.setAccountTTL', {
  given: 'signedIn',
  params: { ttl: { _: 'accountDaysTTL', days: 180 } },
  shows: { '': true },
  after: followUp('account.getAccountTTL', {}, { as: 'ttl', shows: { days: 180 } }),
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getAccountTTL', {
  given: 'signedIn',
  params: {},
  as: 'ttl',
  shows: { days: 365 },
})

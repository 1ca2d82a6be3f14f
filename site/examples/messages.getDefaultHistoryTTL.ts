import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getDefaultHistoryTTL', {
  given: 'signedIn',
  params: {},
  shows: { period: 0 },
})

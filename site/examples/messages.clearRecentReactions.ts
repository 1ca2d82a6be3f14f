import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.clearRecentReactions', {
  given: 'signedIn',
  params: {},
  as: 'cleared',
  shows: { '': true },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getRecentReactions', {
  given: 'signedIn',
  params: { limit: 3, hash: 0n },
  as: 'recent',
  shows: { _: 'messages.reactions', 'reactions.length': 0 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getTopReactions', {
  given: 'signedIn',
  params: { limit: 3, hash: 0n },
  as: 'top',
  shows: { _: 'messages.reactions', 'reactions.length': 3, 'reactions.0.emoticon': '👍' },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getDefaultTagReactions', {
  given: 'signedIn',
  params: { hash: 0n },
  as: 'found',
  answer: 'messages.reactions',
  shows: { 'reactions.length': 20 },
})

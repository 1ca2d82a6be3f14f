import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getAvailableReactions', {
  given: 'signedIn',
  params: { hash: 0 },
  as: 'available',
  shows: { _: 'messages.availableReactions', 'reactions.length': 73 },
})

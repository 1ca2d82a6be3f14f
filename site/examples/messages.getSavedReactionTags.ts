import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getSavedReactionTags', {
  given: 'messageReacted',
  params: { hash: 0n },
  as: 'found',
  answer: 'messages.savedReactionTags',
  shows: { 'tags.length': 1, 'tags.0.count': 1 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getQuickReplies', {
  given: 'signedIn',
  params: { hash: 0n },
  answer: 'messages.quickReplies',
  shows: { 'quickReplies.length': 0 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getEmojiStatusGroups', {
  given: 'signedIn',
  params: { hash: 0 },
  answer: 'messages.emojiGroups',
  shows: { 'groups.length': 0 },
})

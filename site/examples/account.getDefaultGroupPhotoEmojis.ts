import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getDefaultGroupPhotoEmojis', {
  given: 'signedIn',
  params: { hash: 0n },
  answer: 'emojiList',
  shows: { 'documentId.length': 0 },
})

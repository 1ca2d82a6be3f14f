import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getCustomEmojiDocuments', {
  given: 'signedIn',
  params: { documentId: [1n] },
  shows: { length: 0 },
})

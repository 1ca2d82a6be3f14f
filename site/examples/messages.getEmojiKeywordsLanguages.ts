import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getEmojiKeywordsLanguages', {
  given: 'signedIn',
  params: { langCodes: ['en'] },
  shows: { length: 0 },
})

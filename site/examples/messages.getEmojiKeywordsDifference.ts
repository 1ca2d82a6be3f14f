import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getEmojiKeywordsDifference', {
  given: 'signedIn',
  params: { langCode: 'en', fromVersion: 0 },
  shows: { version: 0, 'keywords.length': 0 },
})

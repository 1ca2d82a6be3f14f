import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getEmojiKeywords', {
  given: 'signedIn',
  params: { langCode: 'en' },
  shows: { langCode: 'en', 'keywords.length': 0 },
})

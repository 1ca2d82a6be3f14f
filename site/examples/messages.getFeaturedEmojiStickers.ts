import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getFeaturedEmojiStickers', {
  given: 'signedIn',
  params: { hash: 0n },
  answer: 'messages.featuredStickers',
  shows: { count: 0 },
})

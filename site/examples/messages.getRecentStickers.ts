import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getRecentStickers', {
  given: 'signedIn',
  params: { hash: 0n },
  answer: 'messages.recentStickers',
  shows: { 'stickers.length': 0 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getFavedStickers', {
  given: 'signedIn',
  params: { hash: 0n },
  answer: 'messages.favedStickers',
  shows: { 'stickers.length': 0 },
})

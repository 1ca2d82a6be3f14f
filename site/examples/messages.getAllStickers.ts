import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getAllStickers', {
  given: 'signedIn',
  params: { hash: 0n },
  answer: 'messages.allStickers',
  shows: { 'sets.length': 0 },
})

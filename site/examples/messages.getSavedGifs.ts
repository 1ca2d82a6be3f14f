import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getSavedGifs', {
  given: 'signedIn',
  params: { hash: 0n },
  answer: 'messages.savedGifs',
  shows: { 'gifs.length': 0 },
})

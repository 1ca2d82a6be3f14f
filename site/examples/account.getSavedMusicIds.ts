import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getSavedMusicIds', {
  given: 'signedIn',
  params: { hash: 0n },
  answer: 'account.savedMusicIds',
  shows: { 'ids.length': 0 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getSavedRingtones', {
  given: 'signedIn',
  params: { hash: 0n },
  answer: 'account.savedRingtones',
  shows: { 'ringtones.length': 0 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('help.getPeerColors', {
  given: 'signedIn',
  params: { hash: 0 },
  answer: 'help.peerColors',
  shows: { 'colors.length': 7, 'colors.6.colorId': 6 },
})

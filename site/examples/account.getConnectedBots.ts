import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getConnectedBots', {
  given: 'signedIn',
  params: {},
  shows: { 'connectedBots.length': 0 },
})

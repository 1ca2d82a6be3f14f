import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.toggleTopPeers', {
  given: 'signedIn',
  params: { enabled: false },
  shows: { '': true },
})

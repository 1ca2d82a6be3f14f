import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.getTopPeers', {
  given: 'signedIn',
  params: { correspondents: true, offset: 0, limit: 10, hash: 0n },
  as: 'top',
  answer: 'contacts.topPeers',
  shows: { 'categories.length': 0 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.getSponsoredPeers', {
  given: 'signedIn',
  params: { q: 'chess' },
  as: 'sponsored',
  shows: { _: 'contacts.sponsoredPeersEmpty' },
})

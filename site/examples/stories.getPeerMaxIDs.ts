import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('stories.getPeerMaxIDs', {
  given: 'signedIn',
  params: { id: [{ _: 'inputPeerSelf' }] },
  shows: { length: 1, '0._': 'recentStory' },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('stories.getPinnedStories', {
  given: 'signedIn',
  params: { peer: { _: 'inputPeerSelf' }, offsetId: 0, limit: 10 },
  shows: { count: 0 },
})

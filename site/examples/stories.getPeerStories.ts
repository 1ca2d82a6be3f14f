import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('stories.getPeerStories', {
  given: 'signedIn',
  params: { peer: { _: 'inputPeerSelf' } },
  shows: { 'stories.stories.length': 0 },
})

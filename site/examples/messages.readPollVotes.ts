import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.readPollVotes', {
  given: 'pollSaved',
  params: { peer: { _: 'inputPeerSelf' } },
  as: 'affected',
  shows: { ptsCount: 0, offset: 0 },
})

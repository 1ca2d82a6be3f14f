import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.reportReaction', {
  given: 'messageReacted',
  params: { peer: { _: 'inputPeerSelf' }, id: 1, reactionPeer: { _: 'inputPeerSelf' } },
  shows: { '': true },
})

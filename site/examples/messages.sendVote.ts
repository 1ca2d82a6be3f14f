import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.sendVote', {
  given: 'pollSaved',
  params: { peer: { _: 'inputPeerSelf' }, msgId: 1, options: [Uint8Array.of(2)] },
  as: 'voted',
  shows: {
    _: 'updates',
    'updates.0._': 'updateMessagePoll',
    'updates.0.results.totalVoters': 1,
  },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getPollResults', {
  given: 'pollSaved',
  params: { peer: { _: 'inputPeerSelf' }, msgId: 1, pollHash: 0n },
  as: 'news',
  shows: {
    _: 'updates',
    'updates.0._': 'updateMessagePoll',
    'updates.0.poll.question.text': 'Tea?',
    'updates.0.results.totalVoters': 0,
  },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getPollVotes', {
  given: 'pollSaved',
  params: { peer: { _: 'inputPeerSelf' }, id: 1, limit: 10 },
  refused: '403 POLL_VOTE_REQUIRED',
  note: 'The votes are shown to those who have voted, and Ada has not.',
})

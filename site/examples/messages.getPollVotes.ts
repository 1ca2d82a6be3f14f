import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getPollVotes', {
  given: 'pollVoted',
  params: { peer: { _: 'inputPeerSelf' }, id: 1, limit: 10 },
  shows: { _: 'messages.votesList', count: 1 },
})

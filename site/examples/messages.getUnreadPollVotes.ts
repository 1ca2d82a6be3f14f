import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getUnreadPollVotes', {
  given: 'pollSaved',
  params: { peer: { _: 'inputPeerSelf' }, offsetId: 0, addOffset: 0, limit: 10, maxId: 0, minId: 0 },
  as: 'found',
  shows: { _: 'messages.messages', 'messages.length': 0 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getSearchCounters', {
  given: 'pollSaved',
  params: { peer: { _: 'inputPeerSelf' }, filters: [{ _: 'inputMessagesFilterPoll' }] },
  as: 'counters',
  shows: { '0.count': 1 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getSearchResultsPositions', {
  given: 'pollSaved',
  params: {
    peer: { _: 'inputPeerSelf' },
    filter: { _: 'inputMessagesFilterPoll' },
    offsetId: 0,
    limit: 100,
  },
  as: 'found',
  shows: { count: 1, 'positions.0.msgId': 1 },
})

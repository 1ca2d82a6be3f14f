import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getSearchResultsCalendar', {
  given: 'pollSaved',
  params: {
    peer: { _: 'inputPeerSelf' },
    filter: { _: 'inputMessagesFilterPoll' },
    offsetId: 0,
    offsetDate: 0,
  },
  as: 'calendar',
  shows: { count: 1, 'periods.0.count': 1 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.searchGlobal', {
  given: 'messageSaved',
  params: {
    q: 'hello',
    filter: { _: 'inputMessagesFilterEmpty' },
    minDate: 0,
    maxDate: 0,
    offsetRate: 0,
    offsetPeer: { _: 'inputPeerEmpty' },
    offsetId: 0,
    limit: 10,
  },
  as: 'found',
  shows: { _: 'messages.messages', 'messages.length': 1 },
})

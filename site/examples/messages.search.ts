import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.search', {
  given: 'messageSaved',
  params: {
    peer: { _: 'inputPeerSelf' },
    q: 'hello',
    filter: { _: 'inputMessagesFilterEmpty' },
    minDate: 0,
    maxDate: 0,
    offsetId: 0,
    addOffset: 0,
    limit: 10,
    maxId: 0,
    minId: 0,
    hash: 0n,
  },
  as: 'found',
  shows: { _: 'messages.messages', 'messages.length': 1 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getSavedHistory', {
  given: 'messageSaved',
  params: {
    peer: { _: 'inputPeerSelf' },
    offsetId: 0,
    offsetDate: 0,
    addOffset: 0,
    limit: 20,
    maxId: 0,
    minId: 0,
    hash: 0n,
  },
  as: 'history',
  answer: 'messages.messages',
  shows: { 'messages.length': 1, 'messages.0.message': 'Hello' },
})

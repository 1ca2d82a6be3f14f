import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getMessageEditData', {
  given: 'messageSaved',
  params: { peer: { _: 'inputPeerSelf' }, id: 1 },
  as: 'data',
  shows: { _: 'messages.messageEditData' },
})

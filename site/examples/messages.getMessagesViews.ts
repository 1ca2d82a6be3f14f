import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getMessagesViews', {
  given: 'messageSaved',
  params: { peer: { _: 'inputPeerSelf' }, id: [1], increment: false },
  as: 'counted',
  shows: { 'views.length': 1 },
})

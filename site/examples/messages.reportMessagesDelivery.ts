import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.reportMessagesDelivery', {
  given: 'signedIn',
  params: { peer: { _: 'inputPeerSelf' }, id: [1] },
  shows: { '': true },
})

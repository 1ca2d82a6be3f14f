import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.reportReadMetrics', {
  given: 'signedIn',
  params: { peer: { _: 'inputPeerSelf' }, metrics: [] },
  shows: { '': true },
})

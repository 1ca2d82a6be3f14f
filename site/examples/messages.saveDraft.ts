import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.saveDraft', {
  given: 'signedIn',
  params: { peer: { _: 'inputPeerSelf' }, message: 'Hello' },
  shows: { '': true },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.readMentions', {
  given: 'signedIn',
  params: { peer: { _: 'inputPeerSelf' } },
  as: 'read',
  shows: { _: 'messages.affectedHistory', offset: 0 },
})

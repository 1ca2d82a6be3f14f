import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.readHistory', {
  given: 'messageSaved',
  params: { peer: { _: 'inputPeerSelf' }, maxId: 1 },
  as: 'read',
  shows: { _: 'messages.affectedMessages', ptsCount: 0 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.deleteHistory', {
  given: 'messageSaved',
  params: { peer: { _: 'inputPeerSelf' }, maxId: 0 },
  as: 'deleted',
  shows: { _: 'messages.affectedHistory', ptsCount: 1, offset: 0 },
})

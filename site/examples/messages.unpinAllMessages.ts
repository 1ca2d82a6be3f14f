import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.unpinAllMessages', {
  given: 'messageSaved',
  params: { peer: { _: 'inputPeerSelf' } },
  as: 'unpinned',
  shows: { _: 'messages.affectedHistory', ptsCount: 0, offset: 0 },
})

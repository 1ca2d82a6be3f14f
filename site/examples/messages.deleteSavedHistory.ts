import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.deleteSavedHistory', {
  given: 'messageSaved',
  params: { peer: { _: 'inputPeerSelf' }, maxId: 0 },
  as: 'affected',
  shows: { ptsCount: 1, offset: 0 },
})

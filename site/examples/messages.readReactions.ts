import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.readReactions', {
  given: 'messageReacted',
  params: { peer: { _: 'inputPeerSelf' } },
  as: 'read',
  shows: { _: 'messages.affectedHistory', ptsCount: 0 },
})

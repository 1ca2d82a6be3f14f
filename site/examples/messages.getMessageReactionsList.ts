import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getMessageReactionsList', {
  given: 'messageReacted',
  params: { peer: { _: 'inputPeerSelf' }, id: 1, limit: 10 },
  as: 'list',
  shows: { _: 'messages.messageReactionsList', count: 1, 'reactions.0.my': true },
})

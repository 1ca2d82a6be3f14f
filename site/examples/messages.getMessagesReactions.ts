import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getMessagesReactions', {
  given: 'messageReacted',
  params: { peer: { _: 'inputPeerSelf' }, id: [1] },
  as: 'news',
  shows: {
    _: 'updates',
    'updates.0._': 'updateMessageReactions',
    'updates.0.msgId': 1,
    'updates.0.reactions.results.0.count': 1,
  },
})

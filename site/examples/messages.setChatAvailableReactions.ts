import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.setChatAvailableReactions', {
  given: 'group',
  params: ({ group }) => ({
    peer: { _: 'inputPeerChat', chatId: group.chatId },
    availableReactions: { _: 'chatReactionsNone' },
  }),
  as: 'changed',
  shows: { _: 'updates', 'updates.0._': 'updateChat' },
})

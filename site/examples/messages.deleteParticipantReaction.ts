import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.deleteParticipantReaction', {
  given: 'groupReacted',
  params: ({ group }) => ({
    peer: { _: 'inputPeerChat', chatId: group.chatId },
    msgId: 2,
    participant: { _: 'inputPeerSelf' },
  }),
  as: 'changed',
  shows: { _: 'updates', 'updates.0._': 'updateMessageReactions' },
})

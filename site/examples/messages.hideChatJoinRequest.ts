import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.hideChatJoinRequest', {
  given: 'graceAsks',
  params: ({ grace, chatId }) => ({
    peer: { _: 'inputPeerChat', chatId: chatId },
    userId: { _: 'inputUser', userId: grace.id, accessHash: grace.accessHash },
    approved: true,
  }),
  as: 'answered',
  answer: 'updates',
  shows: { 'chats.0._': 'chat', 'chats.0.participantsCount': 3 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.deleteChatUser', {
  given: 'group',
  params: ({ grace, group }) => ({
    chatId: group.chatId,
    userId: { _: 'inputUser', userId: grace.id, accessHash: grace.accessHash },
  }),
  as: 'removed',
  answer: 'updates',
  shows: { 'chats.0._': 'chat', 'chats.0.participantsCount': 1 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getChats', {
  given: 'group',
  params: ({ group }) => ({ id: [group.chatId] }),
  as: 'found',
  shows: { 'chats.length': 1, 'chats.0._': 'chat', 'chats.0.title': 'Chess club' },
})

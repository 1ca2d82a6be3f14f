import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.editChatTitle', {
  given: 'group',
  params: ({ group }) => ({ chatId: group.chatId, title: 'Chess and Go' }),
  as: 'renamed',
  answer: 'updates',
  shows: { 'chats.0._': 'chat', 'chats.0.title': 'Chess and Go' },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getCommonChats', {
  given: 'commonGroup',
  params: ({ grace }) => ({
    userId: { _: 'inputUser', userId: grace.id, accessHash: grace.accessHash },
    maxId: 0n,
    limit: 20,
  }),
  as: 'common',
  shows: { 'chats.length': 1, 'chats.0._': 'chat', 'chats.0.title': 'Chess club' },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.editChatAdmin', {
  given: 'group',
  params: ({ grace, group }) => ({
    chatId: group.chatId,
    userId: { _: 'inputUser', userId: grace.id, accessHash: grace.accessHash },
    isAdmin: true,
  }),
  as: 'isChanged',
  shows: { '': true },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.deleteChat', {
  given: 'group',
  params: ({ group }) => ({ chatId: group.chatId }),
  shows: { '': true },
})

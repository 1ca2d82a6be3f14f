import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getFullChat', {
  given: 'group',
  params: ({ group }) => ({ chatId: group.chatId }),
  as: 'full',
  shows: { 'fullChat._': 'chatFull', 'users.length': 2 },
})

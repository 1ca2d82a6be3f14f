import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getExportedChatInvites', {
  given: 'groupLink',
  params: ({ group }) => ({
    peer: { _: 'inputPeerChat', chatId: group.chatId },
    adminId: { _: 'inputUserSelf' },
    limit: 20,
  }),
  as: 'list',
  shows: { count: 2 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.deleteRevokedExportedChatInvites', {
  given: 'groupLinkEnded',
  params: ({ group }) => ({
    peer: { _: 'inputPeerChat', chatId: group.chatId },
    adminId: { _: 'inputUserSelf' },
  }),
  as: 'areGone',
  shows: { '': true },
})

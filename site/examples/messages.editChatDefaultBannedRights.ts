import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.editChatDefaultBannedRights', {
  given: 'group',
  params: ({ group }) => ({
    peer: { _: 'inputPeerChat', chatId: group.chatId },
    bannedRights: { _: 'chatBannedRights', sendPolls: true, untilDate: 0 },
  }),
  as: 'changed',
  answer: 'updates',
  shows: { 'updates.0._': 'updateChatDefaultBannedRights', 'updates.0.version': 2 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.exportChatInvite', {
  given: 'group',
  params: ({ group }) => ({
    peer: { _: 'inputPeerChat', chatId: group.chatId },
    title: 'For friends',
    usageLimit: 5,
  }),
  as: 'invite',
  answer: 'chatInviteExported',
  shows: { title: 'For friends', usageLimit: 5 },
})

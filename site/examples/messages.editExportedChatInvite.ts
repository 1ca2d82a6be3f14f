import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.editExportedChatInvite', {
  given: 'groupLink',
  params: ({ group, invite }) => ({
    peer: { _: 'inputPeerChat', chatId: group.chatId },
    link: invite.link,
    title: 'For players',
  }),
  as: 'changed',
  answer: 'messages.exportedChatInvite',
  shows: { 'invite._': 'chatInviteExported', 'invite.title': 'For players' },
})

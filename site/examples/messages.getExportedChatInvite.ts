import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getExportedChatInvite', {
  given: 'groupLink',
  params: ({ group, invite }) => ({ peer: { _: 'inputPeerChat', chatId: group.chatId }, link: invite.link }),
  as: 'found',
  shows: { 'invite._': 'chatInviteExported' },
})

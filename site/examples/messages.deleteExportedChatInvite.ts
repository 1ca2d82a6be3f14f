import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.deleteExportedChatInvite', {
  given: 'groupLinkEnded',
  params: ({ group, invite }) => ({ peer: { _: 'inputPeerChat', chatId: group.chatId }, link: invite.link }),
  as: 'isGone',
  shows: { '': true },
})

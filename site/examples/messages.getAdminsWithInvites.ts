import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getAdminsWithInvites', {
  given: 'groupLink',
  params: ({ group }) => ({ peer: { _: 'inputPeerChat', chatId: group.chatId } }),
  as: 'list',
  shows: { 'admins.length': 1, 'admins.0.invitesCount': 2 },
})

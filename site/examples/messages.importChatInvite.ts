import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.importChatInvite', {
  given: 'linkOfClub',
  params: ({ link }) => ({ hash: link }),
  as: 'joined',
  answer: 'messages.chatInviteJoinResultOk',
  shows: { 'updates._': 'updates' },
})

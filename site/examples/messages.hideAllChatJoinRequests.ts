import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.hideAllChatJoinRequests', {
  given: 'groupLink',
  params: ({ group }) => ({ peer: { _: 'inputPeerChat', chatId: group.chatId }, approved: true }),
  as: 'answered',
  answer: 'updates',
  shows: { 'updates.1._': 'updatePendingJoinRequests' },
})

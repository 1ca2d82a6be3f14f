import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.editChatParticipantRank', {
  given: 'group',
  params: ({ group }) => ({
    peer: { _: 'inputPeerChat', chatId: group.chatId },
    participant: { _: 'inputPeerSelf' },
    rank: 'Founder',
  }),
  as: 'changed',
  answer: 'updates',
  shows: { 'updates.0.rank': 'Founder' },
})

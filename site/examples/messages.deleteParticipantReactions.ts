import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.deleteParticipantReactions', {
  given: 'group',
  params: ({ grace, group }) => ({
    peer: { _: 'inputPeerChat', chatId: group.chatId },
    participant: { _: 'inputPeerUser', userId: grace.id, accessHash: grace.accessHash },
  }),
  as: 'done',
  shows: { '': true },
})

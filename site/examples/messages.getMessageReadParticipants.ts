import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getMessageReadParticipants', {
  given: 'group',
  params: ({ group }) => ({ peer: { _: 'inputPeerChat', chatId: group.chatId }, msgId: 1 }),
  as: 'readers',
  shows: { length: 0 },
})

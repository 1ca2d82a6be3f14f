import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getOnlines', {
  given: 'group',
  params: ({ group }) => ({ peer: { _: 'inputPeerChat', chatId: group.chatId } }),
  as: 'counted',
  shows: { onlines: 0 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.toggleNoForwards', {
  given: 'group',
  params: ({ group }) => ({ peer: { _: 'inputPeerChat', chatId: group.chatId }, enabled: true }),
  as: 'changed',
  answer: 'updates',
  shows: { 'chats.0._': 'chat', 'chats.0.noforwards': true },
})

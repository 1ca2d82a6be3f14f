import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getScheduledMessages', {
  given: 'messageWaits',
  params: ({ grace }) => ({
    peer: { _: 'inputPeerUser', userId: grace.id, accessHash: grace.accessHash },
    id: [1],
  }),
  as: 'waiting',
  shows: { _: 'messages.messages', 'messages.0.id': 1, 'messages.0.message': 'Welcome back' },
})

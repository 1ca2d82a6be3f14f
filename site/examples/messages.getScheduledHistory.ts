import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getScheduledHistory', {
  given: 'messageWaits',
  params: ({ grace }) => ({
    peer: { _: 'inputPeerUser', userId: grace.id, accessHash: grace.accessHash },
    hash: 0n,
  }),
  as: 'queue',
  answer: 'messages.messages',
  shows: { 'messages.length': 1, 'messages.0.message': 'Welcome back' },
})

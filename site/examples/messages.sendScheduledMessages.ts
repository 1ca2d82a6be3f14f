import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.sendScheduledMessages', {
  given: 'messageWaits',
  params: ({ grace }) => ({
    peer: { _: 'inputPeerUser', userId: grace.id, accessHash: grace.accessHash },
    id: [1],
  }),
  as: 'sent',
  shows: {
    _: 'updates',
    'updates.0._': 'updateNewMessage',
    'updates.0.message.fromScheduled': true,
    'updates.1._': 'updateDeleteScheduledMessages',
  },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.deleteScheduledMessages', {
  given: 'messageWaits',
  params: ({ grace }) => ({
    peer: { _: 'inputPeerUser', userId: grace.id, accessHash: grace.accessHash },
    id: [1],
  }),
  as: 'deleted',
  shows: { _: 'updates', 'updates.0._': 'updateDeleteScheduledMessages', 'updates.0.messages.0': 1 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('updates.getDifference', {
  given: 'missedUpdates',
  params: ({ state }) => ({ pts: state.pts, date: 1_767_225_600, qts: 1 }),
  as: 'missed',
  shows: {
    _: 'updates.difference',
    'newMessages.length': 1,
    'newMessages.0._': 'message',
    'newMessages.0.message': 'Hello',
  },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.editMessage', {
  given: 'messageSaved',
  params: { peer: { _: 'inputPeerSelf' }, id: 1, message: 'Hello again' },
  as: 'edited',
  shows: {
    _: 'updates',
    'updates.0._': 'updateEditMessage',
    'updates.0.message.message': 'Hello again',
  },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.updatePinnedMessage', {
  given: 'messageSaved',
  params: { peer: { _: 'inputPeerSelf' }, id: 1 },
  as: 'pinned',
  shows: { _: 'updates', 'updates.0._': 'updatePinnedMessages', 'updates.0.pinned': true },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.toggleDialogPin', {
  given: 'messageSaved',
  params: { pinned: true, peer: { _: 'inputDialogPeer', peer: { _: 'inputPeerSelf' } } },
  shows: { '': true },
})

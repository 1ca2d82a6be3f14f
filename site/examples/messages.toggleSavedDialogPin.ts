import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.toggleSavedDialogPin', {
  given: 'messageSaved',
  params: { pinned: true, peer: { _: 'inputDialogPeer', peer: { _: 'inputPeerSelf' } } },
  as: 'done',
  shows: { '': true },
})

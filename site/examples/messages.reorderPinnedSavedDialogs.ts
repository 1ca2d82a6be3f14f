import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.reorderPinnedSavedDialogs', {
  given: 'messageSaved',
  params: { force: true, order: [{ _: 'inputDialogPeer', peer: { _: 'inputPeerSelf' } }] },
  as: 'done',
  shows: { '': true },
})

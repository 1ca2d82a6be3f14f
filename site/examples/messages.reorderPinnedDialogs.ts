import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.reorderPinnedDialogs', {
  given: 'messageSaved',
  params: { force: true, folderId: 0, order: [{ _: 'inputDialogPeer', peer: { _: 'inputPeerSelf' } }] },
  shows: { '': true },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.markDialogUnread', {
  given: 'messageSaved',
  params: { unread: true, peer: { _: 'inputDialogPeer', peer: { _: 'inputPeerSelf' } } },
  shows: { '': true },
})

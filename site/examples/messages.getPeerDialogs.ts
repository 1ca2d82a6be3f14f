import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getPeerDialogs', {
  given: 'messageSaved',
  params: { peers: [{ _: 'inputDialogPeer', peer: { _: 'inputPeerSelf' } }] },
  as: 'chats',
  shows: { 'dialogs.length': 1, 'messages.0._': 'message', 'messages.0.message': 'Hello' },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getDialogs', {
  given: 'messageSaved',
  params: { offsetDate: 0, offsetId: 0, offsetPeer: { _: 'inputPeerEmpty' }, limit: 20, hash: 0n },
  as: 'chats',
  answer: 'messages.dialogs',
  shows: { 'dialogs.length': 1, 'messages.0._': 'message', 'messages.0.message': 'Hello' },
})

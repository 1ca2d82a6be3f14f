import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.sendBotRequestedPeer', {
  given: 'messageSaved',
  params: { peer: { _: 'inputPeerSelf' }, msgId: 1, buttonId: 1, requestedPeers: [{ _: 'inputPeerSelf' }] },
  refused: '400 MESSAGE_ID_INVALID',
  note: 'The message has no such button. A bot has to send one first.',
})

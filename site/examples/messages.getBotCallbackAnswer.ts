import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getBotCallbackAnswer', {
  given: 'messageSaved',
  params: { peer: { _: 'inputPeerSelf' }, msgId: 1, data: Uint8Array.of(1) },
  refused: '400 DATA_INVALID',
  note: 'The message has no such button. A bot has to send one, and to answer within ten seconds.',
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getDiscussionMessage', {
  given: 'messageSaved',
  params: { peer: { _: 'inputPeerSelf' }, msgId: 1 },
  refused: '400 PEER_ID_INVALID',
  note: 'Posts of channels are discussed; this server has no channels yet.',
})

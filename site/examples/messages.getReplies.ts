import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getReplies', {
  given: 'messageSaved',
  params: {
    peer: { _: 'inputPeerSelf' },
    msgId: 1,
    offsetId: 0,
    offsetDate: 0,
    addOffset: 0,
    limit: 10,
    maxId: 0,
    minId: 0,
    hash: 0n,
  },
  refused: '400 PEER_ID_INVALID',
  note: 'Supergroups and channels have threads; this server has none of them yet.',
})

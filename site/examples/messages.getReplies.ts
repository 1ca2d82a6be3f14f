import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getReplies', {
  given: 'messageSaved',
  params: {
    peer: { _: 'inputPeerSelf' },
    msgId: 1,
    offsetId: 0,
    offsetDate: 0,
    addOffset: 0,
    limit: 20,
    maxId: 0,
    minId: 0,
    hash: 0n,
  },
  refused: '400 PEER_ID_INVALID',
  note: 'Only supergroups and channels have threads.',
})

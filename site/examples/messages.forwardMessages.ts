import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.forwardMessages', {
  given: 'messageSaved',
  params: {
    fromPeer: { _: 'inputPeerSelf' },
    id: [1],
    randomId: [7_305_118_264_590_311n],
    toPeer: { _: 'inputPeerSelf' },
  },
  as: 'sent',
  shows: {
    _: 'updates',
    'updates.0._': 'updateMessageID',
    'updates.1._': 'updateNewMessage',
    'updates.1.message.fwdFrom.savedFromMsgId': 1,
  },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.sendMessage', {
  given: 'signedIn',
  params: { peer: { _: 'inputPeerSelf' }, message: 'Hello', randomId: 4_839_201_756_348_120n },
  as: 'sent',
  shows: {
    _: 'updates',
    'updates.length': 2,
    'updates.1._': 'updateNewMessage',
    'updates.1.message._': 'message',
    'updates.1.message.message': 'Hello',
  },
})

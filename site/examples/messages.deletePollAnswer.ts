import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.deletePollAnswer', {
  given: 'pollAnswered',
  params: { peer: { _: 'inputPeerSelf' }, msgId: 1, option: Uint8Array.of(0) },
  as: 'changed',
  shows: {
    _: 'updates',
    'updates.1._': 'updateNewMessage',
    'updates.1.message._': 'messageService',
    'updates.1.message.action._': 'messageActionPollDeleteAnswer',
    'updates.2._': 'updateMessagePoll',
  },
})

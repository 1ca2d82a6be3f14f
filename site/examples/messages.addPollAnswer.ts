import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.addPollAnswer', {
  given: 'openPollSaved',
  params: {
    peer: { _: 'inputPeerSelf' },
    msgId: 1,
    answer: { _: 'inputPollAnswer', text: { _: 'textWithEntities', text: 'cocoa', entities: [] } },
  },
  as: 'changed',
  shows: {
    _: 'updates',
    'updates.1._': 'updateNewMessage',
    'updates.1.message._': 'messageService',
    'updates.1.message.action._': 'messageActionPollAppendAnswer',
    'updates.2._': 'updateMessagePoll',
  },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getOutboxReadDate', {
  given: 'graceWritten',
  params: ({ grace }) => ({
    peer: { _: 'inputPeerUser', userId: grace.id, accessHash: grace.accessHash },
    msgId: 1,
  }),
  refused: '400 MESSAGE_NOT_READ_YET',
  note: 'Once Grace has read the message, the answer has the time.',
})

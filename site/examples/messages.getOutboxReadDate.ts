import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getOutboxReadDate', {
  given: 'graceHasRead',
  params: ({ grace }) => ({
    peer: { _: 'inputPeerUser', userId: grace.id, accessHash: grace.accessHash },
    msgId: 1,
  }),
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.reportSpam', {
  given: 'graceKnown',
  params: ({ grace }) => ({ peer: { _: 'inputPeerUser', userId: grace.id, accessHash: grace.accessHash } }),
  shows: { '': true },
})

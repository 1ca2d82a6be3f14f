import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.unblock', {
  given: 'graceKnown',
  params: ({ grace }) => ({ id: { _: 'inputPeerUser', userId: grace.id, accessHash: grace.accessHash } }),
  shows: { '': true },
})

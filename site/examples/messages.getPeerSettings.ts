import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getPeerSettings', {
  given: 'graceKnown',
  params: ({ grace }) => ({ peer: { _: 'inputPeerUser', userId: grace.id, accessHash: grace.accessHash } }),
  as: 'bar',
  shows: { 'settings.addContact': true },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getSponsoredMessages', {
  given: 'signedIn',
  params: { peer: { _: 'inputPeerSelf' } },
  shows: { _: 'messages.sponsoredMessagesEmpty' },
})

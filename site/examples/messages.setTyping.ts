import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.setTyping', {
  given: 'signedIn',
  params: { peer: { _: 'inputPeerSelf' }, action: { _: 'sendMessageTypingAction' } },
  as: 'told',
  shows: { '': true },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getSavedDialogs', {
  given: 'messageSaved',
  params: { offsetDate: 0, offsetId: 0, offsetPeer: { _: 'inputPeerEmpty' }, limit: 20, hash: 0n },
  as: 'saved',
  answer: 'messages.savedDialogs',
  shows: { 'dialogs.length': 1, 'dialogs.0.topMessage': 1 },
})

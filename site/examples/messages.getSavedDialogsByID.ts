import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getSavedDialogsByID', {
  given: 'messageSaved',
  params: { ids: [{ _: 'inputPeerSelf' }] },
  as: 'saved',
  answer: 'messages.savedDialogs',
  shows: { 'dialogs.length': 1 },
})

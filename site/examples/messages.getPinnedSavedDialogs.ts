import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getPinnedSavedDialogs', {
  given: 'messageSaved',
  params: {},
  as: 'pinned',
  answer: 'messages.savedDialogs',
  shows: { 'dialogs.length': 0 },
})

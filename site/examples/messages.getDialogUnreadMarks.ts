import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getDialogUnreadMarks', {
  given: 'signedIn',
  params: {},
  shows: { length: 0 },
})

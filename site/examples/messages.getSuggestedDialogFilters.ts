import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getSuggestedDialogFilters', {
  given: 'signedIn',
  params: {},
  shows: { length: 2, '0.description': 'New messages from chats of all kinds' },
})

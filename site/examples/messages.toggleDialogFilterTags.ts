import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.toggleDialogFilterTags', {
  given: 'signedIn',
  params: { enabled: false },
  shows: { '': true },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.clearAllDrafts', {
  given: 'signedIn',
  params: {},
  shows: { '': true },
})

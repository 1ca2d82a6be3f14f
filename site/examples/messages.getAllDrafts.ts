import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getAllDrafts', {
  given: 'signedIn',
  params: {},
  answer: 'updates',
  shows: { 'updates.length': 0 },
})

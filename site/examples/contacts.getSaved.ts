import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.getSaved', {
  given: 'signedIn',
  params: {},
  as: 'saved',
  shows: { length: 0 },
})

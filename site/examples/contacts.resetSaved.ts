import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.resetSaved', {
  given: 'signedIn',
  params: {},
  shows: { '': true },
})

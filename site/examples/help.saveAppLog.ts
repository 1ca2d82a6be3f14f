import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('help.saveAppLog', {
  given: 'signedIn',
  params: { events: [] },
  shows: { '': true },
})

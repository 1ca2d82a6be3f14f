import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.updateDialogFiltersOrder', {
  given: 'signedIn',
  params: { order: [0] },
  shows: { '': true },
})

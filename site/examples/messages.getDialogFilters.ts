import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getDialogFilters', {
  given: 'signedIn',
  params: {},
  shows: { 'filters.length': 1, 'filters.0._': 'dialogFilterDefault' },
})

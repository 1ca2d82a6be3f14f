import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.getStatuses', {
  given: 'signedIn',
  params: {},
  as: 'statuses',
  shows: { length: 0 },
})

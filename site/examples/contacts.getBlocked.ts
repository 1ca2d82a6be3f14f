import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.getBlocked', {
  given: 'signedIn',
  params: { offset: 0, limit: 10 },
  as: 'list',
  shows: { 'blocked.length': 0 },
})

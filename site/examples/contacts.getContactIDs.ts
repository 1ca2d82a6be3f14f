import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.getContactIDs', {
  given: 'signedIn',
  params: { hash: 0n },
  as: 'ids',
  shows: { length: 0 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.getContacts', {
  given: 'signedIn',
  params: { hash: 0n },
  as: 'list',
  answer: 'contacts.contacts',
  shows: { savedCount: 0 },
})

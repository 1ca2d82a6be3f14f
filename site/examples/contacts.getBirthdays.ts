import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.getBirthdays', {
  given: 'signedIn',
  params: {},
  as: 'birthdays',
  shows: { 'contacts.length': 0 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.addContact', {
  given: 'graceKnown',
  params: ({ grace }) => ({
    id: { _: 'inputUser', userId: grace.id, accessHash: grace.accessHash },
    firstName: 'Amazing',
    lastName: 'Grace',
    phone: '',
  }),
  as: 'added',
  answer: 'updates',
  shows: { 'users.0.firstName': 'Amazing', 'users.0.contact': true },
})

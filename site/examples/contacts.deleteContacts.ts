import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.deleteContacts', {
  given: 'graceKnown',
  params: ({ grace }) => ({ id: [{ _: 'inputUser', userId: grace.id, accessHash: grace.accessHash }] }),
  as: 'removed',
  answer: 'updates',
  shows: { 'users.length': 0 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.acceptContact', {
  given: 'graceWaits',
  params: ({ grace }) => ({ id: { _: 'inputUser', userId: grace.id, accessHash: grace.accessHash } }),
  as: 'accepted',
  answer: 'updates',
  shows: { 'users.0.firstName': 'Grace' },
})

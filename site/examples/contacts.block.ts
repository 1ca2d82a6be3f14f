import { defineExample, type Example, followUp } from '../printers/example.ts'

export const example: Example = defineExample('contacts.block', {
  given: 'graceKnown',
  params: ({ grace }) => ({ id: { _: 'inputPeerUser', userId: grace.id, accessHash: grace.accessHash } }),
  shows: { '': true },
  after: followUp(
    'contacts.getBlocked',
    { offset: 0, limit: 10 },
    { as: 'list', shows: { 'users.0.firstName': 'Grace' } },
  ),
})

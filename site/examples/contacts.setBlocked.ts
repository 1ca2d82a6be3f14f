import { defineExample, type Example, followUp } from '../printers/example.ts'

export const example: Example = defineExample('contacts.setBlocked', {
  given: 'graceKnown',
  params: ({ grace }) => ({
    id: [{ _: 'inputPeerUser', userId: grace.id, accessHash: grace.accessHash }],
    limit: 10,
  }),
  shows: { '': true },
  after: followUp(
    'contacts.getBlocked',
    { offset: 0, limit: 10 },
    { as: 'list', shows: { 'users.0.firstName': 'Grace' } },
  ),
})

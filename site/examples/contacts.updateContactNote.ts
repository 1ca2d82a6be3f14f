import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.updateContactNote', {
  given: 'graceWaits',
  params: ({ grace }) => ({
    id: { _: 'inputUser', userId: grace.id, accessHash: grace.accessHash },
    note: { _: 'textWithEntities', text: 'Met at the chess club', entities: [] },
  }),
  shows: { '': true },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.resetTopPeerRating', {
  given: 'graceKnown',
  params: ({ grace }) => ({
    category: { _: 'topPeerCategoryCorrespondents' },
    peer: { _: 'inputPeerUser', userId: grace.id, accessHash: grace.accessHash },
  }),
  shows: { '': true },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.updateDialogFilter', {
  given: 'signedIn',
  params: {
    id: 2,
    filter: {
      _: 'dialogFilter',
      contacts: true,
      id: 2,
      title: { _: 'textWithEntities', text: 'Friends', entities: [] },
      pinnedPeers: [],
      includePeers: [],
      excludePeers: [],
    },
  },
  shows: { '': true },
})

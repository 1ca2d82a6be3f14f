import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('help.setBotUpdatesStatus', {
  given: 'botSignedIn',
  params: { pendingUpdatesCount: 0, message: '' },
  shows: { '': true },
})

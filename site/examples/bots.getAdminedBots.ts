import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('bots.getAdminedBots', {
  given: 'signedIn',
  params: {},
  as: 'bots',
  shows: { length: 0 },
})

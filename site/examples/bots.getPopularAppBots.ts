import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('bots.getPopularAppBots', {
  given: 'signedIn',
  params: { offset: '', limit: 10 },
  shows: { 'users.length': 0 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('help.getTimezonesList', {
  given: 'signedIn',
  params: { hash: 0 },
  answer: 'help.timezonesList',
  shows: { 'timezones.0.id': 'Africa/Abidjan', 'timezones.0.utcOffset': 0 },
})

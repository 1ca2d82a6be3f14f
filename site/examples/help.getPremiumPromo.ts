import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('help.getPremiumPromo', {
  given: 'signedIn',
  params: {},
  shows: { 'periodOptions.length': 0 },
})

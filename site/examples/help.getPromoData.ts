import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('help.getPromoData', {
  given: 'signedIn',
  params: {},
  shows: { _: 'help.promoDataEmpty' },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('payments.getPremiumGiftCodeOptions', {
  given: 'signedIn',
  params: {},
  shows: { length: 0 },
})

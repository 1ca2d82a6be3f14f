import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('payments.getStarGiftActiveAuctions', {
  given: 'signedIn',
  params: { hash: 0n },
  answer: 'payments.starGiftActiveAuctions',
  shows: { 'auctions.length': 0 },
})

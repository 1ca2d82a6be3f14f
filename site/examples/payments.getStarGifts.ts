import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('payments.getStarGifts', {
  given: 'signedIn',
  params: { hash: 0 },
  answer: 'payments.starGifts',
  shows: { 'gifts.length': 0 },
})

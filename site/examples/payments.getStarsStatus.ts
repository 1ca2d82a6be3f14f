import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('payments.getStarsStatus', {
  given: 'signedIn',
  params: { peer: { _: 'inputPeerSelf' } },
  shows: { 'balance._': 'starsAmount' },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('help.hidePromoData', {
  given: 'signedIn',
  params: { peer: { _: 'inputPeerSelf' } },
  shows: { '': true },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('payments.getSavedStarGifts', {
  given: 'signedIn',
  params: { peer: { _: 'inputPeerSelf' }, offset: '', limit: 10 },
  shows: { count: 0 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getNotifySettings', {
  given: 'signedIn',
  params: { peer: { _: 'inputNotifyUsers' } },
  shows: { _: 'peerNotifySettings', showPreviews: true, silent: false, muteUntil: 0 },
})

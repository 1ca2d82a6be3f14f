import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.updateNotifySettings', {
  given: 'signedIn',
  params: {
    peer: { _: 'inputNotifyUsers' },
    settings: { _: 'inputPeerNotifySettings', silent: true },
  },
  shows: { '': true },
})

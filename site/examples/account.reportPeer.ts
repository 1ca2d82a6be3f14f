import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.reportPeer', {
  given: 'graceKnown',
  params: ({ grace }) => ({
    peer: { _: 'inputPeerUser', userId: grace.id, accessHash: grace.accessHash },
    reason: { _: 'inputReportReasonSpam' },
    message: '',
  }),
  shows: { '': true },
})

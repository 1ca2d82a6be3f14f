import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getAutoDownloadSettings', {
  given: 'signedIn',
  params: {},
  shows: { 'low.disabled': true },
})

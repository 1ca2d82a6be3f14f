import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getWebBrowserSettings', {
  given: 'signedIn',
  params: { hash: 0n },
  answer: 'account.webBrowserSettings',
  shows: { 'externalExceptions.length': 0 },
})

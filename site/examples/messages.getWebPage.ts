import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getWebPage', {
  given: 'signedIn',
  params: { url: 'https://example.com/', hash: 0 },
  shows: { 'webpage._': 'webPageEmpty' },
})

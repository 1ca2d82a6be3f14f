import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getWebPagePreview', {
  given: 'signedIn',
  params: { message: 'https://example.com/' },
  shows: { 'media._': 'messageMediaEmpty' },
})

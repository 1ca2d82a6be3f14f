import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getBusinessChatLinks', {
  given: 'signedIn',
  params: {},
  shows: { 'links.length': 0 },
})

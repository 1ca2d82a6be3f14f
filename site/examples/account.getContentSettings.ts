import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getContentSettings', {
  given: 'signedIn',
  params: {},
  shows: { _: 'account.contentSettings' },
})

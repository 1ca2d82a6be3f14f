import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('help.getSupport', {
  given: 'signedIn',
  params: {},
  shows: { phoneNumber: '42777' },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('help.getInviteText', {
  given: 'signedIn',
  params: {},
  shows: { message: 'Let us talk on Cablegram.' },
})

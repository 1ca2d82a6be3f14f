import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.unregisterDevice', {
  given: 'signedIn',
  params: { tokenType: 10, token: '{}', otherUids: [] },
  shows: { '': true },
})

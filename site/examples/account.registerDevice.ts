import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.registerDevice', {
  given: 'signedIn',
  params: { tokenType: 10, token: '{}', appSandbox: false, secret: new Uint8Array(0), otherUids: [] },
  shows: { '': true },
})

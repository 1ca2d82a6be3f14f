import { defineExample, type Example } from '../printers/example.ts'
import { CODE } from '../printers/states.ts'

export const example: Example = defineExample('account.invalidateSignInCodes', {
  given: 'signedIn',
  params: { codes: [CODE] },
  shows: { '': true },
})

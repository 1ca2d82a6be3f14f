import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('help.dismissSuggestion', {
  given: 'signedIn',
  params: { peer: { _: 'inputPeerEmpty' }, suggestion: 'VALIDATE_PHONE_NUMBER' },
  shows: { '': true },
})

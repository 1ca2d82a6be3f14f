import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getAutoSaveSettings', {
  given: 'signedIn',
  params: {},
  shows: { 'exceptions.length': 0 },
})

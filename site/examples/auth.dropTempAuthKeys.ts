import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('auth.dropTempAuthKeys', {
  given: 'signedIn',
  params: { exceptAuthKeys: [] },
  shows: { '': true },
})

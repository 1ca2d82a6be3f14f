import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('help.getAppUpdate', {
  given: 'signedIn',
  params: { source: '' },
  shows: { _: 'help.noAppUpdate' },
})

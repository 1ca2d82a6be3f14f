import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getThemes', {
  given: 'signedIn',
  params: { format: 'android', hash: 0n },
  answer: 'account.themes',
  shows: { 'themes.length': 0 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getChatThemes', {
  given: 'signedIn',
  params: { hash: 0n },
  answer: 'account.themes',
  shows: { 'themes.length': 0 },
})

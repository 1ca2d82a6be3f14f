import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.updateUsername', {
  given: 'signedIn',
  params: { username: 'Ada_L' },
  as: 'self',
  answer: 'user',
  shows: { username: 'Ada_L' },
})

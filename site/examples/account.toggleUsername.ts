import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.toggleUsername', {
  given: 'signedIn',
  params: { username: 'ada_byron', active: true },
  refused: '400 USERNAME_INVALID',
  note: 'An account has one username here, and always shows it.',
})

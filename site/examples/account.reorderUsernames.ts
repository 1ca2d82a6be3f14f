import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.reorderUsernames', {
  given: 'signedIn',
  params: { order: [] },
  refused: '400 USERNAME_NOT_MODIFIED',
  note: 'An account has one username here, so that there is nothing to put in order.',
})

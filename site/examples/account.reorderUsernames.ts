import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.reorderUsernames', {
  given: 'signedIn',
  params: { order: [] },
  refused: '400 USERNAME_NOT_MODIFIED',
  note: 'Accounts of this server have one name at most: it is in order.',
})

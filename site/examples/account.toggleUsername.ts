import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.toggleUsername', {
  given: 'signedIn',
  params: { username: 'ada_l', active: true },
  refused: '400 USERNAME_INVALID',
  note: 'Accounts of this server have one name, which account.updateUsername changes.',
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.updateProfile', {
  given: 'signedIn',
  params: { lastName: 'Lovelace', about: 'The first program' },
  as: 'self',
  answer: 'user',
  shows: { lastName: 'Lovelace' },
})

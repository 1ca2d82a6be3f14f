import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('auth.importAuthorization', {
  given: 'exported',
  params: ({ id, bytes }) => ({ id, bytes }),
  as: 'imported',
  shows: { _: 'auth.authorization', 'user.firstName': 'Ada' },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('users.getSavedMusic', {
  given: 'signedIn',
  params: { id: { _: 'inputUserSelf' }, offset: 0, limit: 10, hash: 0n },
  as: 'music',
  answer: 'users.savedMusic',
  shows: { count: 0 },
})

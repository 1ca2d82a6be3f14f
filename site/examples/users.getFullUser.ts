import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('users.getFullUser', {
  given: 'signedIn',
  params: { id: { _: 'inputUserSelf' } },
  as: 'full',
  shows: { 'fullUser.commonChatsCount': 0, 'users.0.firstName': 'Ada' },
})

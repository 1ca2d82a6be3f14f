import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('users.getUsers', {
  given: 'signedIn',
  params: { id: [{ _: 'inputUserSelf' }] },
  as: 'people',
  shows: { length: 1, '0.firstName': 'Ada', '0.phone': '9996621234' },
})

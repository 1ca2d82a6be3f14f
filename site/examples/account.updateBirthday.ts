import { defineExample, type Example, followUp } from '../printers/example.ts'

export const example: Example = defineExample('account.updateBirthday', {
  given: 'signedIn',
  params: { birthday: { _: 'birthday', day: 10, month: 12, year: 1815 } },
  shows: { '': true },
  after: followUp(
    'users.getFullUser',
    { id: { _: 'inputUserSelf' } },
    { as: 'full', shows: { 'fullUser.birthday.day': 10 } },
  ),
})

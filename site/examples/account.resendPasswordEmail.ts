import { defineExample, type Example, followUp } from '../printers/example.ts'

export const example: Example = defineExample('account.resendPasswordEmail', {
  given: 'emailUnconfirmed',
  params: {},
  shows: { '': true },
  after: followUp(
    'account.getPassword',
    {},
    { as: 'question', shows: { emailUnconfirmedPattern: 'a***a@e***.org' } },
  ),
})

import { defineExample, type Example, followUp } from '../printers/example.ts'

export const example: Example = defineExample('help.acceptTermsOfService', {
  given: 'termsShown',
  params: ({ update }) => ({ id: update.termsOfService.id }),
  shows: { '': true },
  after: followUp(
    'help.getTermsOfServiceUpdate',
    {},
    { as: 'after', shows: { _: 'help.termsOfServiceUpdateEmpty' } },
  ),
})

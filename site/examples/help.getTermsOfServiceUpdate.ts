import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('help.getTermsOfServiceUpdate', {
  given: 'newTerms',
  params: {},
  as: 'update',
  shows: { _: 'help.termsOfServiceUpdate', 'termsOfService.text': 'Be kind.' },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.initPasskeyRegistration', {
  given: 'signedIn',
  params: {},
  as: 'asked',
  shows: { _: 'account.passkeyRegistrationOptions', 'options.data.length': 472 },
})

import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getGlobalPrivacySettings', {
  given: 'signedIn',
  params: {},
  as: 'settings',
  shows: { _: 'globalPrivacySettings' },
})

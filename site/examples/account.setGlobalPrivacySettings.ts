import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.setGlobalPrivacySettings', {
  given: 'signedIn',
  params: { settings: { _: 'globalPrivacySettings', hideReadMarks: true } },
  as: 'settings',
  shows: { hideReadMarks: true },
})

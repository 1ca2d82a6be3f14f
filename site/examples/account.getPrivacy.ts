import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getPrivacy', {
  given: 'signedIn',
  params: { key: { _: 'inputPrivacyKeyPhoneNumber' } },
  as: 'privacy',
  shows: { 'rules.0._': 'privacyValueAllowContacts' },
})

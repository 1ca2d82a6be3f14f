import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.setPrivacy', {
  given: 'signedIn',
  params: { key: { _: 'inputPrivacyKeyStatusTimestamp' }, rules: [{ _: 'inputPrivacyValueAllowContacts' }] },
  as: 'privacy',
  shows: { 'rules.0._': 'privacyValueAllowContacts' },
})

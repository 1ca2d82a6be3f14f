import { defineExample, type Example } from '../printers/example.ts'
import { PHONE } from '../printers/states.ts'

export const example: Example = defineExample('auth.signUp', {
  given: 'verified',
  params: ({ sent }) => ({
    phoneNumber: PHONE,
    phoneCodeHash: sent.phoneCodeHash,
    firstName: 'Ada',
    lastName: 'Lovelace',
  }),
  as: 'signedUp',
  shows: { _: 'auth.authorization', 'user.firstName': 'Ada', 'user.lastName': 'Lovelace' },
})

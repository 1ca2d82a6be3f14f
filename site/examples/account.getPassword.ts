import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getPassword', {
  given: 'signedIn',
  params: {},
  as: 'question',
  shows: {
    _: 'account.password',
    'newAlgo._': 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow',
    'secureRandom.length': 256,
  },
})

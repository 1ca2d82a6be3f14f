import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.updatePasswordSettings', {
  given: 'withPassword',
  params: ({ password }) => ({
    password,
    newSettings: {
      _: 'account.passwordInputSettings',
      newAlgo: { _: 'passwordKdfAlgoUnknown' },
      newPasswordHash: new Uint8Array(0),
      hint: '',
    },
  }),
  shows: { '': true },
  note: 'An empty `new_password_hash` takes the password away.',
})

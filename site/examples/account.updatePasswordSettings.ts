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
  more: [
    {
      title: 'Set the first password of an account',
      typescript: `\
import { randomBytes } from 'node:crypto'
import { memorySession, newPasswordSettings, TelegramClient } from '@cablegram/client'

const client = new TelegramClient(memorySession(), { server: 'http://127.0.0.1:10081' })
await client.start({
  phone: async () => '+9996621234',
  code: async () => '22222',
  name: async () => ({ firstName: 'Ada' }),
})

const question = await client.account.getPassword()
await client.account.updatePasswordSettings({
  password: { _: 'inputCheckPasswordEmpty' },
  newSettings: newPasswordSettings(question, 'correct horse', 'an animal', randomBytes),
})
const { hasPassword, hint } = await client.account.getPassword()
console.log(hasPassword, hint)

await client.close()
`,
      shows: 'true  an animal',
    },
  ],
})

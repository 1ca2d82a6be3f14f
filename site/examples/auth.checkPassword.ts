import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('auth.checkPassword', {
  given: 'passwordPending',
  params: ({ password }) => ({ password }),
  as: 'signedIn',
  shows: { _: 'auth.authorization', 'user.firstName': 'Ada' },
  more: [
    {
      title: 'The whole login of an account with a password',
      typescript: `\
// First: npx cablegram user add +9996621234 --first-name Ada --password 'correct horse'

import { memorySession, TelegramClient } from '@cablegram/client'

const client = new TelegramClient(memorySession(), { server: 'http://127.0.0.1:10081' })
const user = await client.start({
  phone: async () => '+9996621234',
  code: async () => '22222',
  password: async () => 'correct horse',
})
if (user._ === 'user') console.log(user.firstName)

await client.close()
`,
      lua: `\
-- First: npx cablegram user add +9996621234 --first-name Ada --password 'correct horse'
local user = cablegram.start{phone = '+9996621234', code = '22222', password = 'correct horse'}
print(user.first_name)
`,
      command: `\
npx cablegram user add +9996621234 --first-name Ada --password 'correct horse'
npx cablegram login +9996621234 --code 22222 --password 'correct horse'
npx cablegram call users.getUsers '{"id":[{"_":"inputUserSelf"}]}' --get 0.firstName
`,
      shows: 'Ada',
    },
  ],
})

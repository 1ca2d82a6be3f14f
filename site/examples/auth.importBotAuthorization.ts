import { defineExample, type Example } from '../printers/example.ts'
import { APP } from '../printers/states.ts'

export const example: Example = defineExample('auth.importBotAuthorization', {
  given: 'bot',
  params: ({ token }) => ({ flags: 0, ...APP, botAuthToken: token }),
  as: 'signedIn',
  shows: { _: 'auth.authorization', 'user.username': 'echo_bot', 'user.bot': true },
  more: [
    {
      title: 'The same with client.start',
      typescript: `\
// First: token=$(npx cablegram bot add echo_bot)
// Run: node example.ts "$token"

import { memorySession, TelegramClient } from '@cablegram/client'

const token = process.argv[2] ?? ''
const client = new TelegramClient(memorySession(), { server: 'http://127.0.0.1:10081' })
const bot = await client.start({ phone: async () => token })
if (bot._ === 'user') console.log(bot.username)

await client.close()
`,
      lua: `\
-- First: token=$(npx cablegram bot add echo_bot)
-- Run: npx cablegram lua example.lua "$token"
local bot = cablegram.start{bot_token = cablegram.args[1]}
print(bot.username)
`,
      command: `\
token=$(npx cablegram bot add echo_bot)
npx cablegram login --bot-token "$token"
npx cablegram call users.getUsers '{"id":[{"_":"inputUserSelf"}]}' --get 0.username
`,
      shows: 'echo_bot',
    },
  ],
})

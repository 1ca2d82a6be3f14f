/** Answers whoever writes to you in private with their own words. */
import { TelegramClient } from '@cablegram/client'

/** Telegram's own account, which sends login codes and news. */
const SERVICE_ID = 777000n

const client = new TelegramClient('echo.session', { server: 'http://127.0.0.1:10081' })

client.on(
  'message',
  async ({ message, chat, reply }) => {
    if (chat.kind === 'user' && chat.id !== SERVICE_ID) await reply(message.text)
  },
  { incoming: true, text: /\S/ },
)
client.on('error', (error) => console.error(error))

const me = await client.start()
console.log(`Whoever writes to ${me.title} gets an answer.`)

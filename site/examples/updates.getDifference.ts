import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('updates.getDifference', {
  given: 'missedUpdates',
  params: ({ state }) => ({ pts: state.pts, date: 1_767_225_600, qts: 1 }),
  as: 'missed',
  shows: {
    _: 'updates.difference',
    'newMessages.length': 1,
    'newMessages.0._': 'message',
    'newMessages.0.message': 'Hello',
  },
  more: [
    {
      title: 'Updates as they come',
      typescript: `\
import { memorySession, TelegramClient } from '@cablegram/client'

const server = 'http://127.0.0.1:10081'
const client = new TelegramClient(memorySession(), { server })
await client.start({
  phone: async () => '+9996621234',
  code: async () => '22222',
  name: async () => ({ firstName: 'Ada' }),
})

// Somebody asks for a code of the same number: the service chat of Ada tells her.
const told = new Promise<string>((resolve) => {
  client.onUpdate((update) => {
    const list = update._ === 'updates' ? update.updates : update._ === 'updateShort' ? [update.update] : []
    for (const each of list) {
      if (each._ === 'updateNewMessage' && each.message._ === 'message') resolve(each.message.message)
    }
  })
})
const other = new TelegramClient(memorySession(), { server })
await other.auth.sendCode({
  phoneNumber: '+9996621234',
  apiId: 10001,
  apiHash: '5f7a1c0de9b84263a1f0c2d3e4b59687',
  settings: { _: 'codeSettings' },
})
console.log((await told).slice(0, 17))

await other.close()
await client.close()
`,
      shows: 'Login code: 22222',
    },
  ],
})

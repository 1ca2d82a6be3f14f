import { defineExample, type Example } from '../printers/example.ts'
import { APP } from '../printers/states.ts'

export const example: Example = defineExample('auth.exportLoginToken', {
  given: 'anonymous',
  params: { ...APP, exceptIds: [] },
  as: 'shown',
  shows: { _: 'auth.loginToken', 'token.length': 32 },
  more: [
    {
      title: 'A login by QR code, seen from both devices',
      typescript: `\
import { memorySession, TelegramClient } from '@cablegram/client'

const server = 'http://127.0.0.1:10081'
const app = { apiId: 10001, apiHash: '5f7a1c0de9b84263a1f0c2d3e4b59687' }

const phone = new TelegramClient(memorySession(), { server })
await phone.start({
  phone: async () => '+9996621234',
  code: async () => '22222',
  name: async () => ({ firstName: 'Ada' }),
})

const screen = new TelegramClient(memorySession(), { server })
const shown = await screen.auth.exportLoginToken({ ...app, exceptIds: [] })
if (shown._ !== 'auth.loginToken') throw new Error(\`answered with \${shown._}\`)
const url = \`tg://login?token=\${Buffer.from(shown.token).toString('base64url')}\`
console.log('the QR code begins with', url.slice(0, 17))

const { deviceModel } = await phone.auth.acceptLoginToken({ token: shown.token })
console.log('the phone let in a device with a name', deviceModel.length > 0)

const login = await screen.auth.exportLoginToken({ ...app, exceptIds: [] })
console.log(login._)

await screen.close()
await phone.close()
`,
      shows:
        'the QR code begins with tg://login?token=\nthe phone let in a device with a name true\nauth.loginTokenSuccess',
    },
  ],
})

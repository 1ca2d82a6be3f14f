/** The client's API in one sitting: options, updates, a refusal, a session string, a log-out. Run: npm run example client */
import { isRpcError, logOut, memorySession, TelegramClient } from '@cablegram/client'
import { startServer } from '@cablegram/server'

const server = await startServer({ store: 'memory' })
const options = { server: server.info, floodWaitMaxS: 60, timeoutMs: 20_000, deviceModel: 'An example' }

const client = new TelegramClient(memorySession(), options)
client.onUpdate((update) => console.log(`update: ${update._}`))
await client.start({
  phone: async () => '+9996621234',
  code: async () => '22222',
  name: async () => ({ firstName: 'Ada' }),
})
console.log(await client.help.getNearestDc())

try {
  await client.auth.importLoginToken({ token: new Uint8Array(3) })
} catch (error) {
  if (!isRpcError(error, 'auth.importLoginToken')) throw error
  console.log(`refused: ${error.code} ${error.type}`)
}

const session = await client.exportSession()
await client.close()

const again = new TelegramClient(memorySession(session), options)
const [me] = await again.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
if (me?._ === 'user') console.log(`signed in again: ${me.firstName}`)
await logOut(again)
console.log(`after the log-out: ${again.userId}`)

await again.close()
await server.close()

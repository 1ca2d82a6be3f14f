/** Signs up on a server of its own, as a test of a login would. Run: npm run example sign-in */
import { memorySession, TelegramClient } from '@cablegram/client'
import { startServer } from '@cablegram/server'

const phone = '+447400123456'

const server = await startServer({ store: 'memory' })
const client = new TelegramClient(memorySession(), { server: server.info })
await client.start({
  phone: async () => phone,
  code: async () => (await server.codes.waitFor(phone)).code,
  name: async () => ({ firstName: 'Ada', lastName: 'Lovelace' }),
})

const [me] = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
if (me?._ === 'user') console.log(`Signed in as ${me.firstName} ${me.lastName}, +${me.phone}.`)

await client.close()
await server.close()

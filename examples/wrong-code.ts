/** What a client is told of a wrong code, by number and type. Run: npm run example wrong-code */
import { memorySession, RpcError, TelegramClient } from '@cablegram/client'
import { startServer } from '@cablegram/server'

const phoneNumber = '+9996621234'

const server = await startServer({ store: 'memory' })
const { apiId, apiHash } = await server.apps.create({ title: 'An example' })
const client = new TelegramClient(memorySession(), { apiId, apiHash, server: server.info })

const sent = await client.auth.sendCode({ phoneNumber, apiId, apiHash, settings: { _: 'codeSettings' } })
if (sent._ !== 'auth.sentCode') throw new Error(`the server answered ${sent._}`)
try {
  await client.auth.signIn({ phoneNumber, phoneCodeHash: sent.phoneCodeHash, phoneCode: '00000' })
} catch (error) {
  if (!(error instanceof RpcError)) throw error
  console.log(`${error.method} was refused: ${error.code} ${error.type}`)
}

await client.close()
await server.close()

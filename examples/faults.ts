/** What a client does when things go wrong, on demand and without waiting. Run: npm run example faults */
import { memorySession, RpcError, TelegramClient } from '@cablegram/client'
import { startServer } from '@cablegram/server'

const phoneNumber = '+9996621234'

const server = await startServer({ store: 'memory', testClock: true })
const { apiId, apiHash } = await server.apps.create({ title: 'An example' })
const client = new TelegramClient(memorySession(), { apiId, apiHash, server: server.info })
const sendCode = () => client.auth.sendCode({ phoneNumber, apiId, apiHash, settings: { _: 'codeSettings' } })

async function attempt(what: string, call: () => Promise<{ readonly _: string }>): Promise<void> {
  try {
    console.log(`${what}: ${(await call())._}`)
  } catch (error) {
    if (!(error instanceof RpcError)) throw error
    console.log(`${what}: ${error.code} ${error.message}`)
  }
}

server.faults.add({ method: 'auth.sendCode', error: { code: 420, type: 'FLOOD_WAIT_30' }, times: 1 })
await attempt('a flood', sendCode)

// The client connects again and sends the request again by itself.
server.faults.add({ method: 'auth.sendCode', close: true, times: 1 })
await attempt('a broken connection', sendCode)

const { code, phoneCodeHash } = await server.codes.waitFor(phoneNumber)
const signIn = () => client.auth.signIn({ phoneNumber, phoneCodeHash, phoneCode: code })
await server.clock.advance(240)
await attempt('after 240 seconds', signIn)
await sendCode()
const late = await server.codes.waitFor(phoneNumber)
await server.clock.advance(300)
await attempt('after 300 seconds', () =>
  client.auth.signIn({ phoneNumber, phoneCodeHash: late.phoneCodeHash, phoneCode: late.code }),
)

await client.close()
await server.close()

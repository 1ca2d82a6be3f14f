/** Codes by e-mail, and the e-mail taken off a week later on the test clock. Run: npm run example login-email */
import { memorySession, TelegramClient } from '@cablegram/client'
import { startServer } from '@cablegram/server'

const phoneNumber = '+447400123456'
const WEEK_S = 7 * 24 * 60 * 60

const server = await startServer({ store: 'memory', testClock: true })
await server.users.create({ phone: phoneNumber, firstName: 'Ada', loginEmail: 'ada@example.org' })

const client = new TelegramClient(memorySession(), { server: server.info })
const login = await client.login()
const asked = await login.act('sendCode', { phoneNumber })
if (asked.at !== 'waitEmailCode') throw new Error(`the server wants ${asked.at}`)
const { to, code } = await server.codes.waitFor(phoneNumber)
console.log(`${asked.length} digits went to ${to}, which the client knows as ${asked.emailPattern}`)

const wrong = await login.act('signIn', { code: String((Number(code) + 1) % 1_000_000) })
console.log(`a wrong one: ${'problem' in wrong ? wrong.problem?.type : wrong.at}`)

const reset = await login.act('resetLoginEmail')
console.log(
  `the e-mail is taken off in a week: ${reset.at === 'waitEmailCode' && reset.resetPendingAtS !== undefined}`,
)
await server.clock.advance(WEEK_S)
const later = await login.act('sendCode')
console.log(`a week later the code goes by ${later.at === 'waitCode' ? later.type._ : later.at}`)

await client.close()
await server.close()

/** A login without a terminal: a state, and what can be done in it. Run: npm run example login-steps */
import { memorySession, TelegramClient } from '@cablegram/client'
import { startServer } from '@cablegram/server'

const phoneNumber = '+447400123456'

const server = await startServer({ store: 'memory' })
const client = new TelegramClient(memorySession(), { server: server.info })

const login = await client.login()
let step = login.step
while (step.at !== 'authorized') {
  console.log(`${step.at}: ${login.actions.join(', ')}`)
  if (step.at === 'waitPhone') {
    step = await step.sendCode({ phoneNumber })
  } else if (step.at === 'waitCode') {
    const { code } = await server.codes.waitFor(step.phoneNumber)
    step = await step.signIn({ code })
  } else if (step.at === 'waitSignUp') {
    step = await step.signUp({ firstName: 'Ada', lastName: 'Lovelace' })
  } else {
    throw new Error(`nobody here can answer ${step.at}`)
  }
}
console.log(`authorized: ${step.user.firstName} ${step.user.lastName}, +${step.user.phone}`)

await client.close()
await server.close()

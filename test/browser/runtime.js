/** The client on another runtime: a sign-up over each transport, and a session file that is opened again. */
import { memorySession, TelegramClient } from '@cablegram/client'
import { loginForm } from '@cablegram/client/form'

const server = process.argv[2]
// A module that renders on the server may import the form; it is of use on a page alone.
if (typeof loginForm !== 'function') throw new Error('no form')

async function signUp(session, transport, number) {
  const client = new TelegramClient(session, { server, transport })
  const user = await client.start({
    phone: async () => `+99966212${number}`,
    code: async () => '22222',
    name: async () => ({ firstName: 'Ada' }),
  })
  await client.close()
  return user.firstName
}

for (const [i, transport] of ['tcp', 'websocket', 'http'].entries()) {
  const startedMs = performance.now()
  const name = await signUp(memorySession(), transport, 30 + i)
  console.log(`${transport}: ${name} in ${Math.round(performance.now() - startedMs)} ms`)
}
await signUp('runtime.session', undefined, 40)
const again = new TelegramClient('runtime.session', { server })
const [user] = await again.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
console.log(`file: ${user.firstName}`)
await again.close()

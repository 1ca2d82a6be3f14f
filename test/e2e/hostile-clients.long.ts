// Own process: it is long.
/** The server keeps serving while hostile clients do their worst. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { ATTACKS } from './hostile-clients.ts'
import { beginAttack } from './hostile-process.ts'
import { type ServeProcess, startServe } from './serve.ts'

const SIZE = 16
const PHONES = ['+9996621001', '+9996621002', '+9996621003']

let serve: ServeProcess

before(async () => {
  serve = await startServe(['--memory', '--port', '0', '--console-port', '0'])
})

after(() => serve.stop())

async function signIn(phone: string): Promise<void> {
  const client = new TelegramClient(memorySession(), { server: serve.ready })
  await client.start({
    phone: async () => phone,
    code: async () => '22222',
    name: async () => ({ firstName: 'Ada' }),
    password: async () => assert.fail('there is no password'),
  })
  const [me] = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
  assert.equal(me?._ === 'user' && me.phone, phone.slice(1))
  await client.close()
}

for (const { name } of ATTACKS) {
  test(`people can sign in despite ${name}`, async () => {
    const { dcs, publicKeys } = serve.ready
    const [dc, key] = [dcs[0], publicKeys[0]]
    assert.ok(dc && key)
    const end = await beginAttack(name, { port: dc.port, ...key }, SIZE)
    // One after the other, so that they meet the attack at each of their steps.
    for (const phone of PHONES) await signIn(phone)
    assert.ok((await end()) > 0)
    await signIn(PHONES[0] ?? '')
  })
}

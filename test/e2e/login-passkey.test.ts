/** The client's login by passkey, against our server. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { TelegramClient } from '@cablegram/client'
import { createTestPasskey, type TestPasskey } from '@cablegram/fixtures'
import { closeOpened, connect, isAt, serve, signedIn } from './login-steps.ts'

after(closeOpened)

async function registerPasskey(client: TelegramClient): Promise<TestPasskey> {
  const passkey = createTestPasskey()
  const { options } = await client.account.initPasskeyRegistration()
  const { id, clientData, attestation } = passkey.create(options.data)
  const response = {
    _: 'inputPasskeyResponseRegister',
    clientData: { _: 'dataJSON', data: clientData },
    attestationData: attestation,
  } as const
  await client.account.registerPasskey({
    credential: { _: 'inputPasskeyCredentialPublicKey', id, rawId: id, response },
  })
  return passkey
}

function signedBy(passkey: TestPasskey, options: string) {
  const { id, clientData, authenticatorData, signature, userHandle } = passkey.get(options)
  const response = {
    _: 'inputPasskeyResponseLogin',
    clientData: { _: 'dataJSON', data: clientData },
    authenticatorData,
    signature,
    userHandle,
  } as const
  return { _: 'inputPasskeyCredentialPublicKey', id, rawId: id, response } as const
}

test("a passkey signs in at its user's home, whichever data centre asked", async () => {
  const server = await serve({ dcs: 3 })
  const owner = await signedIn(server, '+9996631234')
  const passkey = await registerPasskey(owner)
  const client = connect(server)
  const login = await client.login()
  const asked = isAt(await login.act('initPasskeyLogin'), 'waitPasskey')
  assert.notEqual(client.dcId, 3)
  const credential = signedBy(passkey, asked.options)
  const broken = { ...credential.response, signature: new Uint8Array(credential.response.signature.length) }
  const refused = isAt(
    await login.act('finishPasskeyLogin', { credential: { ...credential, response: broken } }),
    'waitPasskey',
  )
  assert.equal(refused.problem?.type, 'CREDENTIAL_INVALID')
  const done = isAt(
    await login.act('finishPasskeyLogin', { credential: signedBy(passkey, refused.options) }),
    'authorized',
  )
  assert.equal(done.user.id, String(owner.userId))
  assert.equal(client.dcId, 3)
  await client.updates.getState()
})

test('a passkey challenge answered at the asking data centre is completed at home', async () => {
  const server = await serve({ dcs: 3 })
  const passkey = await registerPasskey(await signedIn(server, '+9996631234'))
  const client = connect(server)
  const login = await client.login()
  const { options } = isAt(await login.act('initPasskeyLogin'), 'waitPasskey')
  isAt(await login.act('finishPasskeyLogin', { credential: signedBy(passkey, options) }), 'authorized')
  assert.equal(client.dcId, 3)
})

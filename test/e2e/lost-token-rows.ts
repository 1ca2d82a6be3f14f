/** Lost answers of QR codes, passkeys, and logins by a token or in another data centre. */
import assert from 'node:assert/strict'
import type { TelegramClient } from '@cablegram/client'
import { createTestPasskey, type TestPasskey } from '@cablegram/fixtures'
import { type LostAnswerRow, type LostWorld, phoneOf, signsIn } from './lost-world.ts'

async function shownTo(world: LostWorld, screen: TelegramClient): Promise<Uint8Array> {
  const shown = await screen.auth.exportLoginToken({ ...world.app, exceptIds: [] })
  assert.equal(shown._, 'auth.loginToken')
  return shown.token
}

async function credentialFor(client: TelegramClient, passkey: TestPasskey) {
  const { options } = await client.account.initPasskeyRegistration()
  const { id, clientData, attestation } = passkey.create(options.data)
  const data = { _: 'dataJSON', data: clientData } as const
  const response = {
    _: 'inputPasskeyResponseRegister',
    clientData: data,
    attestationData: attestation,
  } as const
  return { _: 'inputPasskeyCredentialPublicKey', id, rawId: id, response } as const
}

/** Methods that need no code. */
export const LOST_TOKEN_ANSWERS: Readonly<Record<string, LostAnswerRow>> = {
  'auth.exportAuthorization': async (world) => {
    const client = await world.user()
    return {
      client,
      call: () => client.auth.exportAuthorization({ dcId: 1 }),
      told: 'auth.exportedAuthorization',
    }
  },
  'auth.importAuthorization': async (world) => {
    const phone = world.phone()
    const { id, bytes } = await (await world.user(phone)).auth.exportAuthorization({ dcId: 1 })
    const client = world.client(1)
    await client.help.getNearestDc()
    return {
      client,
      call: () => client.auth.importAuthorization({ id, bytes }),
      told: 'auth.authorization',
      check: async () => assert.equal(await phoneOf(client), phone),
    }
  },
  'auth.exportLoginToken': async (world) => {
    const client = world.client()
    await client.help.getNearestDc()
    return {
      client,
      call: () => client.auth.exportLoginToken({ ...world.app, exceptIds: [] }),
      told: 'auth.loginToken',
    }
  },
  'auth.importLoginToken': async (world) => {
    const phone = world.phone()
    const [owner, screen, client] = [await world.user(phone), world.client(1), world.client()]
    await owner.auth.acceptLoginToken({ token: await shownTo(world, screen) })
    const moved = await screen.auth.exportLoginToken({ ...world.app, exceptIds: [] })
    assert.equal(moved._, 'auth.loginTokenMigrateTo')
    await client.help.getNearestDc()
    return {
      client,
      call: () => client.auth.importLoginToken({ token: moved.token }),
      told: 'auth.loginTokenSuccess',
      check: signsIn(world, client, phone, 2),
    }
  },
  'auth.acceptLoginToken': async (world) => {
    const phone = world.phone()
    const [client, screen] = [await world.user(phone), world.client()]
    const token = await shownTo(world, screen)
    return {
      client,
      call: () => client.auth.acceptLoginToken({ token }),
      told: 'authorization',
      async check() {
        const done = await screen.auth.exportLoginToken({ ...world.app, exceptIds: [] })
        assert.equal(done._, 'auth.loginTokenSuccess')
        await signsIn(world, screen, phone, 2)()
      },
    }
  },
  'auth.importBotAuthorization': async (world) => {
    const { token } = await world.http('POST', '/api/bots', { username: 'lost_answer_bot' })
    const client = world.client()
    await client.help.getNearestDc()
    return {
      client,
      call: () => client.auth.importBotAuthorization({ flags: 0, ...world.app, botAuthToken: String(token) }),
      told: 'auth.authorization',
    }
  },
  'auth.importWebTokenAuthorization': async (world) => {
    const phone = world.phone()
    await world.user(phone)
    const { token } = await world.http('POST', '/api/web-tokens', { phone })
    const client = world.client()
    await client.help.getNearestDc()
    return {
      client,
      call: () => client.auth.importWebTokenAuthorization({ ...world.app, webAuthToken: String(token) }),
      told: 'auth.authorization',
      check: signsIn(world, client, phone, 2),
    }
  },
  'auth.initPasskeyLogin': async (world) => {
    const client = world.client()
    await client.help.getNearestDc()
    return { client, call: () => client.auth.initPasskeyLogin(world.app), told: 'auth.passkeyLoginOptions' }
  },
  'auth.finishPasskeyLogin': async (world) => {
    const phone = world.phone()
    const [owner, client, passkey] = [await world.user(phone), world.client(), createTestPasskey()]
    await owner.account.registerPasskey({ credential: await credentialFor(owner, passkey) })
    const { options } = await client.auth.initPasskeyLogin(world.app)
    const { id, clientData, ...signed } = passkey.get(options.data)
    const data = { _: 'dataJSON', data: clientData } as const
    const response = { _: 'inputPasskeyResponseLogin', clientData: data, ...signed } as const
    const credential = { _: 'inputPasskeyCredentialPublicKey', id, rawId: id, response } as const
    return {
      client,
      call: () => client.auth.finishPasskeyLogin({ credential }),
      told: 'auth.authorization',
      check: signsIn(world, client, phone, 2),
    }
  },
  'account.initPasskeyRegistration': (world) =>
    world.user().then((client) => ({
      client,
      call: () => client.account.initPasskeyRegistration(),
      told: 'account.passkeyRegistrationOptions',
    })),
  'account.registerPasskey': async (world) => {
    const client = await world.user()
    const credential = await credentialFor(client, createTestPasskey())
    const check = async () => assert.equal((await client.account.getPasskeys()).passkeys.length, 1)
    return { client, call: () => client.account.registerPasskey({ credential }), told: 'passkey', check }
  },
  'account.deletePasskey': async (world) => {
    const client = await world.user()
    const credential = await credentialFor(client, createTestPasskey())
    await client.account.registerPasskey({ credential })
    const check = async () => assert.equal((await client.account.getPasskeys()).passkeys.length, 0)
    return { client, call: () => client.account.deletePasskey({ id: credential.id }), told: true, check }
  },
}

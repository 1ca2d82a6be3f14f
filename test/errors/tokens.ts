import assert from 'node:assert/strict'
import type { TelegramClient } from '@cablegram/client'
import { createTestPasskey } from '@cablegram/fixtures'
import type { CablegramServer } from '@cablegram/server'
import { type Cause, cause } from './registry.ts'
import { appOf, type World } from './world.ts'

const UNKNOWN = new Uint8Array(32)
const [HERE, ELSEWHERE] = ['http://localhost', 'https://example.com']

/** A token that a screen shows as a QR code. */
async function shown(
  screen: TelegramClient,
  server: CablegramServer,
  exceptIds: bigint[] = [],
): Promise<Uint8Array> {
  const answer = await screen.auth.exportLoginToken({ ...appOf(server), exceptIds })
  assert.ok(answer._ === 'auth.loginToken')
  return answer.token
}

/**
 * A screen in data centre 1, the phone that accepts, and the screen's client in data centre 2, the phone's
 * home.
 */
async function apart(world: World) {
  const server = await world.start({ dcs: 2 })
  const [phone, screen, home] = [
    await world.user(server, { dcId: 2 }),
    world.connect(server, { dcId: 1 }),
    world.connect(server, { dcId: 2 }),
  ]
  const moved = async (): Promise<Uint8Array> => {
    await phone.auth.acceptLoginToken({ token: await shown(screen, server) })
    const answer = await screen.auth.exportLoginToken({ ...appOf(server), exceptIds: [] })
    assert.ok(answer._ === 'auth.loginTokenMigrateTo')
    return answer.token
  }
  return { server, phone, screen, home, moved }
}

async function together(world: World) {
  const server = await world.start()
  return { server, phone: await world.user(server), screen: world.connect(server) }
}

async function bot(world: World) {
  const server = await world.server()
  const { id, token } = await server.bots.create({ username: `help${world.phone().slice(-5)}bot` })
  const signIn = async (botAuthToken: string) =>
    (await world.client()).auth.importBotAuthorization({ flags: 0, ...appOf(server), botAuthToken })
  return { server, id, token, signIn }
}

type Passkey = ReturnType<typeof createTestPasskey>

async function register(owner: TelegramClient, passkey: Passkey, origin = HERE, clientData?: string) {
  const { options } = await owner.account.initPasskeyRegistration()
  const made = passkey.create(options.data, { origin })
  return owner.account.registerPasskey({
    credential: {
      _: 'inputPasskeyCredentialPublicKey',
      id: made.id,
      rawId: made.id,
      response: {
        _: 'inputPasskeyResponseRegister',
        clientData: { _: 'dataJSON', data: clientData ?? made.clientData },
        attestationData: made.attestation,
      },
    },
  })
}

async function logIn(client: TelegramClient, server: CablegramServer, passkey: Passkey, origin = HERE) {
  const { options } = await client.auth.initPasskeyLogin(appOf(server))
  const { id, clientData, ...signed } = passkey.get(options.data, { origin })
  return client.auth.finishPasskeyLogin({
    credential: {
      _: 'inputPasskeyCredentialPublicKey',
      id,
      rawId: id,
      response: {
        _: 'inputPasskeyResponseLogin',
        clientData: { _: 'dataJSON', data: clientData },
        ...signed,
      },
    },
  })
}

/** Causes of errors of the other login methods. */
export const TOKEN_CAUSES: readonly Cause[] = [
  cause('auth.acceptLoginToken', '400 AUTH_TOKEN_INVALIDX', async (world) => {
    const { phone } = await together(world)
    return phone.auth.acceptLoginToken({ token: UNKNOWN })
  }),
  cause('auth.acceptLoginToken', '400 AUTH_TOKEN_EXPIRED', async (world) => {
    const { server, phone, screen } = await together(world)
    const token = await shown(screen, server)
    await server.clock.advance(30)
    return phone.auth.acceptLoginToken({ token })
  }),
  cause('auth.acceptLoginToken', '400 AUTH_TOKEN_EXCEPTION', async (world) => {
    const { server, phone, screen } = await together(world)
    const token = await shown(screen, server, [phone.userId ?? 0n])
    return phone.auth.acceptLoginToken({ token })
  }),
  cause('auth.acceptLoginToken', '400 AUTH_TOKEN_ALREADY_ACCEPTED', async (world) => {
    const { server, phone, screen } = await together(world)
    const token = await shown(screen, server)
    await phone.auth.acceptLoginToken({ token })
    return (await world.user(server)).auth.acceptLoginToken({ token })
  }),
  cause('auth.exportLoginToken', '400 LIMIT_INVALID', async (world) =>
    shown(await world.client(), await world.server(), Array<bigint>(101).fill(1n)),
  ),
  cause('auth.importLoginToken', '400 AUTH_TOKEN_INVALIDX', async (world) =>
    (await world.client()).auth.importLoginToken({ token: UNKNOWN }),
  ),
  cause('auth.importLoginToken', '400 AUTH_TOKEN_INVALID', async (world) => {
    const { screen, moved } = await apart(world)
    return screen.auth.importLoginToken({ token: await moved() })
  }),
  cause('auth.importLoginToken', '400 AUTH_TOKEN_EXPIRED', async (world) => {
    const { server, home, moved } = await apart(world)
    const token = await moved()
    await server.clock.advance(300)
    return home.auth.importLoginToken({ token })
  }),
  cause('auth.importLoginToken', '400 AUTH_TOKEN_ALREADY_ACCEPTED', async (world) => {
    const { server, home, moved } = await apart(world)
    const token = await moved()
    await home.auth.importLoginToken({ token })
    return world.connect(server, { dcId: 2 }).auth.importLoginToken({ token })
  }),
  cause('auth.importBotAuthorization', '400 ACCESS_TOKEN_INVALID', async (world) => {
    const { token, signIn } = await bot(world)
    return signIn(`${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`)
  }),
  cause('auth.importBotAuthorization', '400 ACCESS_TOKEN_EXPIRED', async (world) => {
    const { server, id, token, signIn } = await bot(world)
    await server.bots.replaceToken(id)
    return signIn(token)
  }),
  cause('auth.importWebTokenAuthorization', '400 WEBAUTH_TOKEN_EXPIRED', async (world) => {
    const server = await world.start()
    const phone = world.phone()
    await server.users.create({ phone, firstName: 'Ada' })
    const { token: webAuthToken } = await server.webTokens.create({ phone })
    await server.clock.advance(300)
    return world.connect(server).auth.importWebTokenAuthorization({ ...appOf(server), webAuthToken })
  }),
  cause('account.registerPasskey', '400 PASSKEY_ORIGIN_MISMATCH', async (world) =>
    register(await world.user(await world.server()), createTestPasskey(), ELSEWHERE),
  ),
  cause('account.registerPasskey', '400 CREDENTIAL_INVALID', async (world) =>
    register(await world.user(await world.server()), createTestPasskey(), HERE, '{}'),
  ),
  cause('account.initPasskeyRegistration', '403 ACCESS_DENIED', async (world) => {
    const owner = await world.user(await world.server())
    for (let count = 0; count < 5; count++) await register(owner, createTestPasskey())
    return owner.account.initPasskeyRegistration()
  }),
  cause('auth.finishPasskeyLogin', '400 PASSKEY_ORIGIN_MISMATCH', async (world) => {
    const server = await world.server()
    const passkey = createTestPasskey()
    await register(await world.user(server), passkey)
    return logIn(world.connect(server), server, passkey, ELSEWHERE)
  }),
  cause('auth.finishPasskeyLogin', '400 CREDENTIAL_INVALID', async (world) => {
    const server = await world.server()
    const [owner, passkey] = [await world.user(server), createTestPasskey()]
    await register(owner, passkey)
    await owner.account.deletePasskey({ id: passkey.id })
    return logIn(world.connect(server), server, passkey)
  }),
  cause('auth.finishPasskeyLogin', '500 AUTH_RESTART', async (world) => {
    const passkey = createTestPasskey()
    const { server } = await world.damaged(async (first) => {
      await register(await world.user(first), passkey)
    }, "CREATE TRIGGER out_of_order BEFORE UPDATE ON passkeys BEGIN SELECT RAISE(ABORT, 'out of order'); END")
    return logIn(world.connect(server), server, passkey)
  }),
]

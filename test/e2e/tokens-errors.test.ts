/** Every documented error of the ways in besides a code and of an account's logins, over the wire, by its cause. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import { createTestPasskey } from '../../packages/server/src/domain/webauthn/test-authenticator.ts'

const open: { close(): Promise<void> }[] = []
after(async () => {
  for (const one of open.reverse()) await one.close()
})

async function start(options: Parameters<typeof startServer>[0] = {}): Promise<CablegramServer> {
  const server = await startServer({ store: 'memory', testClock: true, ...options })
  open.push(server)
  return server
}

function connect(server: CablegramServer, dcId = server.info.dcs[0]?.id): TelegramClient {
  const dcs = server.info.dcs.filter(({ id }) => id === dcId)
  const client = new TelegramClient(memorySession(), { server: { ...server.info, dcs } })
  open.push(client)
  return client
}

async function signedIn(server: CablegramServer, phone: string, dcId?: number): Promise<TelegramClient> {
  const client = connect(server, dcId)
  await client.start({
    phone: async () => phone,
    code: async ({ length = 5 }) => (phone[6] ?? '').repeat(length),
    name: async () => ({ firstName: 'Ada' }),
    password: async () => assert.fail('asked for a password'),
  })
  return client
}

function appOf({ info: { apps } }: CablegramServer): { apiId: number; apiHash: string } {
  const [app] = apps
  assert.ok(app)
  return { apiId: app.apiId, apiHash: app.apiHash }
}

/** Each call is refused with the error in front of it. */
async function refused(calls: readonly (readonly [string, () => Promise<unknown>])[]): Promise<void> {
  for (const [error, call] of calls) {
    const [code, type] = error.split(' ')
    await assert.rejects(call(), { code: Number(code), type }, error)
  }
}

test('apps that are unknown, or known to everybody, sign nobody in', async () => {
  const server = await start()
  const client = connect(server)
  const published = await server.apps.create({ title: 'Everybody’s' })
  await server.apps.change(published.apiId, { published: true })
  const { apiId, apiHash } = appOf(server)
  for (const [error, app] of [
    ['400 API_ID_INVALID', { apiId, apiHash: `${apiHash}0` }],
    ['400 API_ID_INVALID', { apiId: 1, apiHash }],
    ['400 API_ID_PUBLISHED_FLOOD', { apiId: published.apiId, apiHash: published.apiHash }],
  ] as const) {
    await refused([
      [error, () => client.auth.exportLoginToken({ ...app, exceptIds: [] })],
      [error, () => client.auth.importBotAuthorization({ flags: 0, ...app, botAuthToken: '1:a' })],
      [error, () => client.auth.initPasskeyLogin(app)],
      [error, () => client.auth.importWebTokenAuthorization({ ...app, webAuthToken: 'a' })],
    ])
  }
})

test('tokens of QR codes', async () => {
  const server = await start({ dcs: 2 })
  const app = appOf(server)
  const phone = await signedIn(server, '+9996621234', 2)
  const screen = connect(server, 1)
  const show = async (exceptIds: bigint[] = []): Promise<Uint8Array> => {
    const shown = await screen.auth.exportLoginToken({ ...app, exceptIds })
    assert.ok(shown._ === 'auth.loginToken')
    return shown.token
  }
  const accept = (token: Uint8Array) => phone.auth.acceptLoginToken({ token })
  const unknown = new Uint8Array(32)
  const old = await show()
  const excepted = await show([phone.userId ?? 0n])
  await refused([
    ['401 AUTH_KEY_UNREGISTERED', () => screen.auth.acceptLoginToken({ token: excepted })],
    ['400 AUTH_TOKEN_INVALIDX', () => accept(unknown)],
    ['400 AUTH_TOKEN_EXPIRED', () => accept(old)],
    ['400 AUTH_TOKEN_EXCEPTION', () => accept(excepted)],
    ['400 LIMIT_INVALID', () => show(Array<bigint>(101).fill(1n))],
  ])
  const late = await show()
  await server.clock.advance(30)
  await refused([['400 AUTH_TOKEN_EXPIRED', () => accept(late)]])
  const good = await show()
  await accept(good)
  const home = connect(server, 2)
  await refused([
    ['400 AUTH_TOKEN_ALREADY_ACCEPTED', () => accept(good)],
    ['400 AUTH_TOKEN_INVALIDX', () => home.auth.importLoginToken({ token: unknown })],
    ['400 AUTH_TOKEN_INVALID', () => home.auth.importLoginToken({ token: good })],
  ])
  const move = async (): Promise<Uint8Array> => {
    const moved = await screen.auth.exportLoginToken({ ...app, exceptIds: [] })
    assert.ok(moved._ === 'auth.loginTokenMigrateTo')
    return moved.token
  }
  const token = await move()
  await refused([['400 AUTH_TOKEN_INVALID', () => screen.auth.importLoginToken({ token })]])
  await home.auth.importLoginToken({ token })
  await refused([
    ['400 AUTH_TOKEN_ALREADY_ACCEPTED', () => connect(server, 2).auth.importLoginToken({ token })],
  ])
  await accept(await show())
  const lateToo = await move()
  await server.clock.advance(300)
  await refused([['400 AUTH_TOKEN_EXPIRED', () => home.auth.importLoginToken({ token: lateToo })]])
})

test('passkeys', async () => {
  const server = await start()
  const owner = await signedIn(server, '+9996621234')
  const passkey = createTestPasskey()
  const register = async (origin: string, change = {}) => {
    const { options } = await owner.account.initPasskeyRegistration()
    const { id, clientData, attestation } = { ...passkey.create(options.data, { origin }), ...change }
    return owner.account.registerPasskey({
      credential: {
        _: 'inputPasskeyCredentialPublicKey',
        id,
        rawId: id,
        response: {
          _: 'inputPasskeyResponseRegister',
          clientData: { _: 'dataJSON', data: clientData },
          attestationData: attestation,
        },
      },
    })
  }
  const client = connect(server)
  const logIn = async (origin: string) => {
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
  const [here, elsewhere] = ['http://localhost', 'https://example.com']
  await refused([
    ['400 PASSKEY_ORIGIN_MISMATCH', () => register(elsewhere)],
    ['400 CREDENTIAL_INVALID', () => register(here, { attestation: new Uint8Array(10) })],
    ['400 CREDENTIAL_INVALID', () => register(here, { clientData: '{}' })],
  ])
  await register(here)
  await refused([
    ['400 PASSKEY_ORIGIN_MISMATCH', () => logIn(elsewhere)],
    [
      '400 CREDENTIAL_INVALID',
      () =>
        client.auth.finishPasskeyLogin({
          credential: { _: 'inputPasskeyCredentialFirebasePNV', pnvToken: 'a' },
        }),
    ],
  ])
  await owner.account.deletePasskey({ id: passkey.id })
  await refused([['400 CREDENTIAL_INVALID', () => logIn(here)]])
  for (let count = 0; count < 5; count++) {
    const { options } = await owner.account.initPasskeyRegistration()
    const { id, clientData, attestation } = createTestPasskey().create(options.data)
    const response = {
      _: 'inputPasskeyResponseRegister',
      clientData: { _: 'dataJSON', data: clientData },
      attestationData: attestation,
    } as const
    await owner.account.registerPasskey({
      credential: { _: 'inputPasskeyCredentialPublicKey', id, rawId: id, response },
    })
  }
  await refused([['403 ACCESS_DENIED', () => owner.account.initPasskeyRegistration()]])
})

test('an account’s logins', async () => {
  const strict = await start({ limits: 'strict' })
  const fresh = await signedIn(strict, '+9996621234')
  await refused([
    ['406 FRESH_RESET_AUTHORISATION_FORBIDDEN', () => fresh.account.resetAuthorization({ hash: 1n })],
    ['406 FRESH_RESET_AUTHORISATION_FORBIDDEN', () => fresh.auth.resetAuthorizations()],
    [
      '406 FRESH_RESET_AUTHORISATION_FORBIDDEN',
      () => fresh.account.setAuthorizationTTL({ authorizationTtlDays: 7 }),
    ],
    ['406 FRESH_RESET_AUTHORISATION_FORBIDDEN', () => fresh.account.initPasskeyRegistration()],
  ])
  const server = await start()
  const client = await signedIn(server, '+9996621234')
  await refused([
    ['400 HASH_INVALID', () => client.account.resetAuthorization({ hash: 0n })],
    ['400 HASH_INVALID', () => client.account.resetAuthorization({ hash: 1n })],
    ['400 HASH_INVALID', () => client.account.changeAuthorizationSettings({ hash: 1n })],
    ['400 HASH_INVALID', () => client.account.changeAuthorizationSettings({ hash: 0n, confirmed: true })],
    ['400 TTL_DAYS_INVALID', () => client.account.setAuthorizationTTL({ authorizationTtlDays: 0 })],
    ['400 TTL_DAYS_INVALID', () => client.account.setAuthorizationTTL({ authorizationTtlDays: 367 })],
    ['401 AUTH_KEY_UNREGISTERED', () => connect(server).auth.resetAuthorizations()],
  ])
  assert.equal(await client.account.setAuthorizationTTL({ authorizationTtlDays: 7 }), true)
  await server.clock.advance(7 * 24 * 60 * 60)
  await refused([['401 SESSION_EXPIRED', () => client.updates.getState()]])
})

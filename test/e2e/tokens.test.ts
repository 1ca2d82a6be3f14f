/** Logins without a code, and an account's control over its logins, over the wire. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { connect as dial } from 'node:net'
import { after, describe, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { createTestPasskey, type TestPasskey } from '@cablegram/fixtures'
import { type CablegramServer, startServer } from '@cablegram/server'
import { beginMoment } from './moment.ts'
import { openRelay } from './relay.ts'

const open: { close(): Promise<void> }[] = []
after(async () => {
  for (const one of open.reverse()) await one.close()
})

async function start(options: Parameters<typeof startServer>[0] = {}): Promise<CablegramServer> {
  const server = await startServer({ store: 'memory', testClock: true, ...options })
  open.push(server)
  return server
}

/** @param from the data centre it begins at, if there are several */
function connect(server: CablegramServer, from?: number, pfs = false): TelegramClient {
  const dcs = [...server.info.dcs].sort((a, b) => Number(b.id === from) - Number(a.id === from))
  const client = new TelegramClient(memorySession(), { server: { ...server.info, dcs }, pfs })
  open.push(client)
  return client
}

const appOf = ({ info: { apps } }: CablegramServer): { apiId: number; apiHash: string } => {
  const [app] = apps
  assert.ok(app)
  return { apiId: app.apiId, apiHash: app.apiHash }
}

async function signedIn(server: CablegramServer, phone: string, from?: number): Promise<TelegramClient> {
  const client = connect(server, from)
  await client.start({
    phone: async () => phone,
    code: async ({ length = 5 }) => (phone[6] ?? '').repeat(length),
    name: async () => ({ firstName: 'Ada' }),
    password: async () => assert.fail('asked for a password'),
  })
  return client
}

/** Resolves with the first update of this kind. */
function heard(client: TelegramClient, kind: string): Promise<unknown> {
  return new Promise((resolve) => {
    client.onUpdate((updates) => {
      if (updates._ === 'updateShort' && updates.update._ === kind) resolve(updates.update)
    })
  })
}

const confirmedLogin = (hash: bigint) => ({ _: 'updateNewAuthorization', hash })

for (const pfs of [false, true]) {
  test(`a QR code is shown and accepted, and the client is told${pfs ? ', with temporary keys' : ''}`, async () => {
    const server = await start()
    const phone = await signedIn(server, '+9996621234')
    const screen = connect(server, undefined, pfs)
    const request = { ...appOf(server), exceptIds: [] }
    const isTold = heard(screen, 'updateLoginToken')
    const othersAreTold = heard(phone, 'updateNewAuthorization')
    const moment = beginMoment()
    const shown = await screen.auth.exportLoginToken(request)
    assert.ok(shown._ === 'auth.loginToken')
    assert.equal(shown.token.length, 32)
    moment.assertHolds(shown.expires - 30)
    const coming = await phone.auth.acceptLoginToken({ token: shown.token })
    await isTold
    const collected = await screen.auth.exportLoginToken(request)
    assert.ok(collected._ === 'auth.loginTokenSuccess')
    assert.equal(collected.authorization._, 'auth.authorization')
    await screen.updates.getState()
    assert.deepEqual(await othersAreTold, confirmedLogin(coming.hash))
    const { authorizations } = await phone.account.getAuthorizations()
    assert.deepEqual(
      authorizations.map(({ hash, current }) => [hash, current]),
      [
        [0n, true],
        [coming.hash, undefined],
      ],
    )
    // The same call again is a repeat whose answer may have been lost.
    assert.equal((await phone.auth.acceptLoginToken({ token: shown.token })).hash, coming.hash)
  })
}

test('a QR code shown in one data centre can be accepted in another, where the login then lives', async () => {
  const server = await start({ dcs: 3 })
  const phone = await signedIn(server, '+9996631234', 3)
  const screen = connect(server, 1)
  const request = { ...appOf(server), exceptIds: [] }
  const shown = await screen.auth.exportLoginToken(request, { dcId: 1 })
  assert.ok(shown._ === 'auth.loginToken')
  await phone.auth.acceptLoginToken({ token: shown.token })
  const moved = await screen.auth.exportLoginToken(request, { dcId: 1 })
  assert.ok(moved._ === 'auth.loginTokenMigrateTo')
  assert.equal(moved.dcId, 3)
  const there = connect(server, 3)
  const collected = await there.auth.importLoginToken({ token: moved.token })
  assert.ok(collected._ === 'auth.loginTokenSuccess')
  await there.updates.getState()
})

describe('a bot', () => {
  test('signs in with its token and may not do what only users may', async () => {
    const server = await start()
    const { id, username, token } = await server.bots.create({ username: 'helpbot' })
    const client = connect(server)
    const login = { flags: 0, ...appOf(server), botAuthToken: token }
    const made = await client.auth.importBotAuthorization(login)
    assert.ok(made._ === 'auth.authorization' && made.user._ === 'user')
    const { bot, self, phone } = made.user
    assert.deepEqual(
      [made.user.id, made.user.username, bot, self, phone],
      [BigInt(id), username, true, true, undefined],
    )
    const [me] = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
    assert.deepEqual(me, made.user)
    const { fullUser } = await client.users.getFullUser({ id: { _: 'inputUserSelf' } })
    assert.deepEqual([fullUser.id, fullUser.botInfo?.userId], [BigInt(id), BigInt(id)])
    const BOT_METHOD_INVALID = { code: 400, type: 'BOT_METHOD_INVALID' }
    const sendCode = {
      phoneNumber: '+9996621234',
      ...appOf(server),
      settings: { _: 'codeSettings' },
    } as const
    await assert.rejects(client.auth.sendCode(sendCode), BOT_METHOD_INVALID)
    await assert.rejects(client.account.getAuthorizations(), BOT_METHOD_INVALID)
    await assert.rejects(client.account.deletePasskey({ id: '' }), BOT_METHOD_INVALID)
    await client.updates.getState()

    const user = await signedIn(server, '+9996621234')
    await assert.rejects(
      user.bots.answerWebhookJSONQuery({ queryId: 1n, data: { _: 'dataJSON', data: '{}' } }),
      {
        code: 400,
        type: 'USER_BOT_REQUIRED',
      },
    )
    const { users } = await user.contacts.resolveUsername({ username })
    const [found] = users
    assert.ok(found?._ === 'user')
    const known = { _: 'inputUser', userId: BigInt(id), accessHash: found.accessHash ?? 0n } as const
    assert.notEqual(known.accessHash, made.user.accessHash, 'an access hash is good for one viewer')
    const [seen, unseen] = await user.users.getUsers({ id: [known, { ...known, accessHash: 1n }] })
    assert.ok(seen?._ === 'user' && seen.bot === true && seen.self === undefined)
    assert.equal(unseen?._, 'userEmpty')
    assert.equal((await user.users.getFullUser({ id: known })).users[0]?.id, BigInt(id))
  })

  test('loses its logins with its token', async () => {
    const server = await start()
    const { id, token } = await server.bots.create({ username: 'helpbot' })
    const client = connect(server)
    const login = { flags: 0, ...appOf(server), botAuthToken: token }
    await client.auth.importBotAuthorization(login)
    await server.bots.replaceToken(id)
    await assert.rejects(client.updates.getState(), { code: 401, type: 'SESSION_REVOKED' })
    const expired = { code: 400, type: 'ACCESS_TOKEN_EXPIRED' }
    await assert.rejects(client.auth.importBotAuthorization(login), expired)
    const invalid = { code: 400, type: 'ACCESS_TOKEN_INVALID' }
    await assert.rejects(client.auth.importBotAuthorization({ ...login, botAuthToken: 'x' }), invalid)
  })

  test('is sent to its home data centre', async () => {
    const server = await start({ dcs: 3 })
    await signedIn(server, '+9996631234', 3)
    const { token } = await server.bots.create({ username: 'helpbot', ownerPhone: '+9996631234' })
    const client = connect(server, 1)
    await client.auth.importBotAuthorization({ flags: 0, ...appOf(server), botAuthToken: token })
    assert.equal(client.dcId, 3)
    await client.updates.getState()
  })
})

describe('the logins of an account', () => {
  test('confirm and end each other', async () => {
    const server = await start()
    const first = await signedIn(server, '+9996621234')
    const isTold = heard(first, 'updateNewAuthorization')
    const second = await signedIn(server, '+9996621234')
    const told = (await isTold) as { hash: bigint; unconfirmed?: boolean; device?: string; date?: number }
    assert.equal(told.unconfirmed, true)
    assert.ok(told.device && told.date)
    const secondHears = heard(second, 'updateNewAuthorization')
    await first.account.changeAuthorizationSettings({ hash: told.hash, confirmed: true })
    assert.deepEqual(await secondHears, confirmedLogin(told.hash))
    await first.account.changeAuthorizationSettings({ hash: told.hash, callRequestsDisabled: true })
    const { authorizations, authorizationTtlDays } = await first.account.getAuthorizations()
    assert.equal(authorizationTtlDays, 183)
    const [own, other] = authorizations
    assert.deepEqual([own?.hash, own?.current, own?.unconfirmed], [0n, true, undefined])
    assert.match(`${own?.appName} ${own?.appVersion}`, /^Cablegram \d+\.\d+\.\d+$/)
    assert.deepEqual([other?.hash, other?.callRequestsDisabled], [told.hash, true])
    assert.deepEqual([other?.apiId, other?.ip], [appOf(server).apiId, '127.0.0.1'])
    await first.account.resetAuthorization({ hash: told.hash })
    await assert.rejects(second.updates.getState(), { code: 401, type: 'SESSION_REVOKED' })
    // The same call again is a repeat whose answer may have been lost.
    assert.equal(await first.account.resetAuthorization({ hash: told.hash }), true)
    await assert.rejects(first.account.resetAuthorization({ hash: told.hash + 1n }), { type: 'HASH_INVALID' })
    assert.deepEqual((await first.account.getWebAuthorizations()).authorizations, [])
  })

  test('all end but one, except on its first day under strict limits', async () => {
    const server = await start({ limits: 'strict' })
    const first = await signedIn(server, '+9996621234')
    await assert.rejects(first.auth.resetAuthorizations(), {
      code: 406,
      type: 'FRESH_RESET_AUTHORISATION_FORBIDDEN',
    })
    await server.clock.advance(24 * 60 * 60)
    const second = await signedIn(server, '+9996621234')
    assert.equal(await first.auth.resetAuthorizations(), true)
    await assert.rejects(second.updates.getState(), { code: 401, type: 'SESSION_REVOKED' })
    await first.updates.getState()
    assert.equal((await first.account.getAuthorizations()).authorizations.length, 1)
  })
})

/** A passkey signature as clients send it. */
function loginOf(passkey: TestPasskey, options: string) {
  const { id, clientData, authenticatorData, signature, userHandle } = passkey.get(options)
  return {
    _: 'inputPasskeyCredentialPublicKey',
    id,
    rawId: id,
    response: {
      _: 'inputPasskeyResponseLogin',
      clientData: { _: 'dataJSON', data: clientData },
      authenticatorData,
      signature,
      userHandle,
    },
  } as const
}

async function registerPasskey(client: TelegramClient): Promise<TestPasskey> {
  const passkey = createTestPasskey()
  const { options } = await client.account.initPasskeyRegistration()
  const { id, clientData, attestation } = passkey.create(options.data)
  const registered = await client.account.registerPasskey({
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
  assert.equal(registered.id, id)
  return passkey
}

describe('a passkey', () => {
  test('is registered, signs in and can be deleted', async () => {
    const server = await start()
    const owner = await signedIn(server, '+9996621234')
    const passkey = await registerPasskey(owner)
    const client = connect(server)
    const { options } = await client.auth.initPasskeyLogin(appOf(server))
    const login = await client.auth.finishPasskeyLogin({ credential: loginOf(passkey, options.data) })
    assert.equal(login._ === 'auth.authorization' && login.user.id, owner.userId)
    await client.updates.getState()
    const { passkeys } = await client.account.getPasskeys()
    assert.deepEqual(
      passkeys.map(({ id, lastUsageDate }) => [id, lastUsageDate !== undefined]),
      [[passkey.id, true]],
    )
    assert.equal(await owner.account.deletePasskey({ id: passkey.id }), true)
    const again = await client.auth.initPasskeyLogin(appOf(server))
    await assert.rejects(
      client.auth.finishPasskeyLogin({ credential: loginOf(passkey, again.options.data) }),
      { code: 400, type: 'CREDENTIAL_INVALID' },
    )
  })

  test("works at the account's home, whichever data centre asked", async () => {
    const server = await start({ dcs: 3 })
    const passkey = await registerPasskey(await signedIn(server, '+9996631234', 3))
    const first = connect(server, 1)
    const { options } = await first.auth.initPasskeyLogin(appOf(server), { dcId: 1 })
    const credential = loginOf(passkey, options.data)
    const session = JSON.parse(Buffer.from((await first.exportSession()).slice(1), 'base64url').toString())
    const key = Buffer.from(session.dcs[1].authKey, 'base64')
    const from = { fromDcId: 1, fromAuthKeyId: createHash('sha1').update(key).digest().readBigInt64LE(12) }
    const home = connect(server, 3)
    await home.auth.finishPasskeyLogin({ credential, ...from })
    await home.updates.getState()
  })
})

test('a web token made by the operator signs in once', async () => {
  const server = await start()
  const { token } = await server.users
    .create({ phone: '+9996621234', firstName: 'Ada' })
    .then(() => server.webTokens.create({ phone: '+9996621234' }))
  const client = connect(server)
  const login = await client.auth.importWebTokenAuthorization({ ...appOf(server), webAuthToken: token })
  assert.equal(login._, 'auth.authorization')
  await client.updates.getState()
  await assert.rejects(
    connect(server).auth.importWebTokenAuthorization({ ...appOf(server), webAuthToken: token }),
    { code: 400, type: 'WEBAUTH_TOKEN_EXPIRED' },
  )
})

for (const policy of ['off', 'warn', 'strict'] as const) {
  test(`a key is used from two addresses at once under policy ${policy}`, async () => {
    const server = await start({ duplicateKeys: policy })
    const here = await signedIn(server, '+9996621234')
    const [dc] = server.info.dcs
    assert.ok(dc)
    const relay = await openRelay({
      port: dc.port,
      dial: (port) => dial({ port, host: '127.0.0.1', localAddress: '127.0.0.2' }),
    })
    open.push(relay)
    const there = new TelegramClient(memorySession(await here.exportSession()), {
      server: { ...server.info, dcs: [{ ...dc, port: relay.port }] },
    })
    open.push(there)
    for (const client of [here, there]) await client.updates.getState()
    assert.equal(relay.connections, 1)
    const DUPLICATED = { code: 406, type: 'AUTH_KEY_DUPLICATED' }
    if (policy !== 'strict') {
      for (const client of [here, there, here]) await client.updates.getState()
      return
    }
    await assert.rejects(here.updates.getState(), DUPLICATED)
    await assert.rejects(there.updates.getState(), DUPLICATED)
    assert.deepEqual((await server.users.list(undefined))[0]?.sessions, [])
  })
}

import { connect as dial } from 'node:net'
import type { CablegramServer } from '@cablegram/server'
import { TlWriter } from '@cablegram/tl'
import { encodeRequest } from '@cablegram/tl/api'
import { TEST_CODE } from '../e2e/logins.ts'
import { u32 } from '../e2e/old-wire.ts'
import { openRelay } from '../e2e/relay.ts'
import { type Cause, cause } from './registry.ts'
import { type App, appOf, type World } from './world.ts'

const NEAREST_DC = encodeRequest({ _: 'help.getNearestDc' })
const GET_STATE = encodeRequest({ _: 'updates.getState' })
const CLIENT = ['PC', 'Linux', '1.0', 'en', '', 'en']

function before(query: Uint8Array, write: (writer: TlWriter) => void): Uint8Array {
  const writer = new TlWriter()
  write(writer)
  return Buffer.concat([writer.take(), query])
}

function withLayer(query: Uint8Array, layer = 228): Uint8Array {
  return before(query, (writer) => {
    writer.uint(0xda9b0d0d)
    writer.int(layer)
  })
}

function withClient(query: Uint8Array, texts: readonly string[] = CLIENT, apiId = 1): Uint8Array {
  return before(query, (writer) => {
    writer.uint(0xc1cd5ea9)
    writer.int(0)
    writer.int(apiId)
    for (const text of texts) writer.string(text)
  })
}

/** The client information sent with each call. */
export const first = (query: Uint8Array): Uint8Array => withLayer(withClient(query))

const afterMsg = (query: Uint8Array, msgId: bigint) =>
  before(query, (writer) => {
    writer.uint(0xcb9f372d)
    writer.long(BigInt.asIntN(64, msgId))
  })

const sendCodeOf = (phoneNumber: string, app: App) =>
  first(encodeRequest({ _: 'auth.sendCode', phoneNumber, ...app, settings: { _: 'codeSettings' } }))

/** The answer to a peer that sends this. */
function said(error: string, body: Uint8Array): Cause {
  return cause('any', error, async (world) => (await world.raw(await world.server())).call(body))
}

const clientWith = (at: number, text: string) => withLayer(withClient(NEAREST_DC, CLIENT.with(at, text)))

/** A call that waits too long for one that takes ten minutes; the end of the test's server ends that one. */
async function waitTooLong(world: World, server: CablegramServer): Promise<unknown> {
  const peer = await world.raw(server)
  await peer.call(first(NEAREST_DC))
  server.faults.add({ method: 'help.getConfig', delayMs: 600_000, times: 1 })
  let awaited = 0n
  const slow = peer.call((msgId) => {
    awaited = msgId
    return encodeRequest({ _: 'help.getConfig' })
  })
  slow.catch(() => undefined)
  return peer.call(() => afterMsg(NEAREST_DC, awaited))
}

async function bot(world: World, server: CablegramServer) {
  const { token } = await server.bots.create({ username: `help${world.phone().slice(-5)}bot` })
  const client = world.connect(server)
  await client.auth.importBotAuthorization({ flags: 0, ...appOf(server), botAuthToken: token })
  return client
}

/** The errors that any method may return. */
export const ANY_CAUSES: readonly Cause[] = [
  cause('any', '303 PHONE_MIGRATE_X', async (world) => {
    const server = await world.start({ dcs: 2 })
    return (await world.raw(server, { dcId: 1 })).call(sendCodeOf('+9996621234', appOf(server)))
  }),
  cause('any', '303 NETWORK_MIGRATE_X', async (world) => {
    const server = await world.start({ dcs: 2 })
    await server.networkRules.put('127.0.0.1', { dc: 2 })
    return (await world.raw(server, { dcId: 1 })).call(sendCodeOf('+447400123456', appOf(server)))
  }),
  cause('any', '303 USER_MIGRATE_X', async (world) => {
    const server = await world.start({ dcs: 2 })
    const ownerPhone = '+9996621234'
    await server.users.create({ phone: ownerPhone, firstName: 'Ada' })
    const { token: botAuthToken } = await server.bots.create({ username: 'helpbot', ownerPhone })
    const request = { _: 'auth.importBotAuthorization', flags: 0, ...appOf(server), botAuthToken } as const
    return (await world.raw(server, { dcId: 1 })).call(first(encodeRequest(request)))
  }),
  said('400 CONNECTION_NOT_INITED', NEAREST_DC),
  said('400 CONNECTION_LAYER_INVALID', withClient(NEAREST_DC)),
  said('400 CONNECTION_API_ID_INVALID', withLayer(withClient(NEAREST_DC, CLIENT, 0))),
  said('400 CONNECTION_DEVICE_MODEL_EMPTY', clientWith(0, '')),
  said('400 CONNECTION_SYSTEM_EMPTY', clientWith(1, '')),
  said('400 CONNECTION_APP_VERSION_EMPTY', clientWith(2, '')),
  said('400 CONNECTION_SYSTEM_LANG_CODE_EMPTY', clientWith(3, '')),
  said('400 CONNECTION_LANG_PACK_INVALID', clientWith(4, 'no such pack!')),
  said('400 INPUT_METHOD_INVALID_X', first(u32(0x0badf00d))),
  said('400 INPUT_FETCH_ERROR', first(u32(0xa677244f))),
  said('400 INPUT_LAYER_INVALID', withLayer(withClient(NEAREST_DC), 0)),
  said('400 INPUT_REQUEST_TOO_LONG', first(Buffer.alloc(1024 * 1024))),
  said('400 MSG_WAIT_FAILED', first(afterMsg(NEAREST_DC, 4n))),
  cause('any', '400 MSG_WAIT_TIMEOUT', async (world) => waitTooLong(world, await world.start())),
  cause('any', '-503 MSG_WAIT_TIMEOUT', async (world) =>
    waitTooLong(world, await world.start({ settings: { waitTimeoutCode: -503 } })),
  ),
  cause('any', '400 METHOD_NOT_IMPLEMENTED', async (world) =>
    (await world.user(await world.server())).phone.getCallConfig(),
  ),
  cause('any', '400 BOT_METHOD_INVALID', async (world) => {
    const server = await world.server()
    const client = await bot(world, server)
    return world.sent(client, server)
  }),
  cause('any', '400 USER_BOT_REQUIRED', async (world) => {
    const client = await world.user(await world.server())
    return client.messages.setBotShippingResults({ queryId: 1n })
  }),
  cause('any', '401 AUTH_KEY_UNREGISTERED', async (world) => (await world.client()).updates.getState()),
  cause('any', '401 AUTH_KEY_PERM_EMPTY', async (world) => {
    const peer = await world.raw(await world.server(), { expiresInS: 3600 })
    return peer.call(first(GET_STATE))
  }),
  cause('any', '401 SESSION_EXPIRED', async (world) => {
    const server = await world.start()
    const client = await world.user(server)
    await client.account.setAuthorizationTTL({ authorizationTtlDays: 7 })
    await server.clock.advance(7 * 86_400)
    return client.updates.getState()
  }),
  cause('any', '401 SESSION_REVOKED', async (world) => {
    const server = await world.server()
    const phone = world.phone()
    const client = await world.user(server, {}, phone)
    const [user] = await server.users.list(phone.slice(1))
    await server.users.removeSession(user?.id ?? 0, user?.sessions[0]?.hash ?? '0')
    return client.updates.getState()
  }),
  cause('any', '401 SESSION_PASSWORD_NEEDED', async (world) =>
    (await world.pending(await world.server(), 'secret')).updates.getState(),
  ),
  cause('any', '401 USER_DEACTIVATED', async (world) => {
    const server = await world.server()
    const phone = world.phone()
    const client = await world.user(server, {}, phone)
    const [user] = await server.users.list(phone.slice(1))
    await server.users.remove(user?.id ?? 0)
    return client.updates.getState()
  }),
  cause('any', '401 USER_DEACTIVATED_BAN', async (world) => {
    const server = await world.server()
    const phone = world.phone()
    const client = await world.user(server, {}, phone)
    await server.phoneRules.put(phone.slice(1), { rule: 'ban' })
    return client.updates.getState()
  }),
  cause('any', '406 AUTH_KEY_DUPLICATED', async (world) => {
    const server = await world.start({ duplicateKeys: 'strict' })
    const here = await world.user(server)
    const [dc] = server.info.dcs
    const relay = await openRelay({
      port: dc?.port ?? 0,
      dial: (port) => dial({ port, host: '127.0.0.1', localAddress: '127.0.0.2' }),
    })
    const there = world.connect(
      {
        ...server,
        info: { ...server.info, dcs: server.info.dcs.map((one) => ({ ...one, port: relay.port })) },
      },
      { session: await here.exportSession() },
    )
    try {
      for (const client of [here, there]) await client.updates.getState()
      return await here.updates.getState()
    } finally {
      await relay.close()
    }
  }),
  cause('any', '420 FLOOD_WAIT_X', async (world) => {
    const sendLimits = [{ scope: 'phone', max: 1, windowS: 60 }] as const
    const server = await world.start({ settings: { sendLimits } })
    const { phoneNumber } = await world.sent(world.connect(server), server)
    return world.sent(world.connect(server), server, phoneNumber)
  }),
  cause('any', '500 INTERNAL', async (world) => {
    const phone = world.phone()
    const { server, client } = await world.damaged(
      async (_first, asking) => asking.connect(),
      "CREATE TRIGGER out_of_order BEFORE INSERT ON users BEGIN SELECT RAISE(ABORT, 'out of order'); END",
    )
    const sent = await world.sent(client, server, phone)
    await client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
    return client.auth.signUp({ ...sent, firstName: 'Ada', lastName: '' })
  }),
  cause('any', '500 RPC_ANSWER_LOST', async (world) => {
    const server = await world.start()
    const client = world.connect(server)
    await client.help.getNearestDc()
    server.faults.add({ method: 'help.getNearestDc', drop: true, close: true, times: 1 })
    return client.help.getNearestDc()
  }),
]

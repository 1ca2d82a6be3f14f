// Long form: a whole life over each way; the short one has it over every second one, and connects over all.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type ClientOptions, memorySession, RpcError, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import { sampled } from '../effort.ts'
import { ownPhone, sendCode, signUp, TEST_CODE, testPhone } from './logins.ts'
import { openRelay, type Relay } from './relay.ts'
import type { ReadyLine } from './serve.ts'

type Way = Pick<ClientOptions, 'transport' | 'framing' | 'obfuscated' | 'pfs'> & { secret?: string }

const SECRET = '00112233445566778899aabbccddeeff'
const FAKE_TLS = `ee${SECRET}${Buffer.from('www.example.org').toString('hex')}`
const WAYS: readonly (readonly [string, Way])[] = [
  ['abridged', { framing: 'abridged' }],
  ['intermediate', { framing: 'intermediate' }],
  ['padded', { framing: 'padded' }],
  ['full', { framing: 'full' }],
  ['obfuscated abridged', { framing: 'abridged', obfuscated: true }],
  ['obfuscated intermediate', { framing: 'intermediate', obfuscated: true }],
  ['obfuscated padded', { framing: 'padded', obfuscated: true }],
  ['an MTProxy secret', { secret: SECRET }],
  ['an MTProxy secret with dd', { secret: `dd${SECRET}` }],
  ['an MTProxy secret in base64url', { secret: Buffer.from(`dd${SECRET}`, 'hex').toString('base64url') }],
  ['an MTProxy secret with ee, which imitates TLS', { secret: FAKE_TLS }],
  ['an MTProxy secret, abridged', { secret: SECRET, framing: 'abridged' }],
  ['a WebSocket, abridged', { transport: 'websocket', framing: 'abridged' }],
  ['a WebSocket, intermediate', { transport: 'websocket' }],
  ['a WebSocket, padded, with a temporary key', { transport: 'websocket', framing: 'padded', pfs: true }],
  ['HTTP', { transport: 'http' }],
  ['HTTP, with a temporary key', { transport: 'http', pfs: true }],
]

let server: CablegramServer
/** Splits the first bytes of clients into single bytes, whatever they speak. */
let relay: Relay
let lastPhone = 0

before(async () => {
  server = await startServer({
    store: 'memory',
    mtproxySecret: Buffer.from(FAKE_TLS, 'hex').toString('base64url'),
  })
  relay = await openRelay({ port: server.info.dcs[0]?.port ?? 0, trickleBytes: 80 })
})

after(async () => {
  await relay.close()
  await server.close()
})

function openClient({ secret, ...options }: Way): TelegramClient {
  const host = '127.0.0.1'
  const { port } = relay
  const dcs = [{ id: 2, host, port, wsUrl: `ws://${host}:${port}/apiws` }]
  const mtproxy = secret === undefined ? undefined : { host, port, secret }
  return new TelegramClient(memorySession(), { ...options, mtproxy, server: { ...server.info, dcs } })
}

function readyLine(): ReadyLine {
  return JSON.parse(JSON.stringify({ event: 'ready', ...server.info }))
}

/** The first update that a client receives. */
function nextUpdate(client: TelegramClient): Promise<string> {
  return new Promise((resolve) => {
    const stop = client.onUpdate((update) => {
      if (update._ !== 'updateShort') return
      stop()
      resolve(update.update._)
    })
  })
}

async function liveThrough(way: Way): Promise<void> {
  const phone = testPhone(++lastPhone)
  const first = openClient(way)
  const second = openClient(way)
  try {
    await signUp(first, readyLine(), phone)
    assert.equal(await ownPhone(first), phone.slice(1))
    await first.updates.getState({})

    const update = nextUpdate(first)
    const sent = await sendCode(second, readyLine(), phone)
    await second.auth.signIn({ ...sent, phoneCode: TEST_CODE })
    assert.equal(await update, 'updateNewAuthorization')

    relay.cut()
    assert.equal(await ownPhone(first), phone.slice(1))
    const answers = await Promise.all(Array.from({ length: 20 }, () => second.help.getNearestDc({})))
    assert.equal(answers.length, 20)

    assert.equal((await second.auth.logOut({}))._, 'auth.loggedOut')
    await assert.rejects(
      ownPhone(second),
      (error) => error instanceof RpcError && error.type === 'AUTH_KEY_UNREGISTERED',
    )
    assert.equal(await ownPhone(first), phone.slice(1))
  } finally {
    await first.close()
    await second.close()
  }
}

describe('a client signs in, hears of another login, reconnects and signs out over', () => {
  for (const [name, way] of sampled(WAYS, 2)) it(name, () => liveThrough(way))
})

describe('one port', () => {
  it('serves clients of every kind at the same time', async () => {
    const clients = WAYS.map(([, way]) => openClient(way))
    const states = await Promise.all(clients.map((client) => client.help.getNearestDc({})))
    assert.deepEqual(new Set(states.map(({ thisDc }) => thisDc)), new Set([2]))
    await Promise.all(clients.map((client) => client.close()))
  })

  for (const path of ['/apiws', '/apiws_test', '/apiws_premium', '/apiws_test_premium']) {
    it(`accepts WebSockets at ${path}`, async () => {
      const dcs = server.info.dcs.map((dc) => ({ ...dc, wsUrl: new URL(path, dc.wsUrl).href }))
      const client = new TelegramClient(memorySession(), {
        transport: 'websocket',
        server: { ...server.info, dcs },
      })
      await client.help.getNearestDc({})
      await client.close()
    })
  }

  it('refuses WebSockets elsewhere, and the client says what answered', async () => {
    const dcs = server.info.dcs.map((dc) => ({ ...dc, wsUrl: new URL('/elsewhere', dc.wsUrl).href }))
    const client = new TelegramClient(memorySession(), {
      transport: 'websocket',
      server: { ...server.info, dcs },
    })
    await assert.rejects(client.connect(), {
      code: 'SERVER_NOT_MTPROTO',
      message: /\/elsewhere answers 404 Not Found instead of opening a WebSocket/,
    })
    await client.close()
  })

  it('closes while clients of every kind are connected and waiting', async () => {
    const own = await startServer({ store: 'memory' })
    const ways: Way[] = [{}, { transport: 'websocket' }, { transport: 'http' }]
    const clients = ways.map((way) => new TelegramClient(memorySession(), { ...way, server: own.info }))
    await Promise.all(clients.map((client) => client.connect()))
    await own.close()
    await Promise.all(clients.map((client) => client.close()))
  })
})

describe('conflicting options are refused', () => {
  for (const options of [
    { transport: 'http', framing: 'full' },
    { transport: 'http', obfuscated: true },
    { transport: 'websocket', framing: 'full' },
    { obfuscated: true, framing: 'full' },
    { transport: 'http', mtproxy: { host: '127.0.0.1', port: 1, secret: SECRET } },
    { mtproxy: { host: '127.0.0.1', port: 1, secret: `ee${SECRET}` } },
    { mtproxy: { host: '127.0.0.1', port: 1, secret: 'no hex' } },
  ] satisfies ClientOptions[]) {
    it(JSON.stringify(options), async () => {
      const client = new TelegramClient(memorySession(), { ...options, server: server.info })
      const codes = ['FRAMING_INVALID', 'MTPROXY_SECRET_INVALID']
      await assert.rejects(client.connect(), (error: Error & { code?: string }) =>
        codes.includes(error.code ?? ''),
      )
      await client.close()
    })
  }
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import {
  createServerMachine,
  type Machine,
  RpcError,
  type ServerInput,
  type ServerKey,
  type ServerOutput,
} from '@cablegram/mtproto'
import { importRsaPrivateKey } from '@cablegram/mtproto/crypto'
import {
  decodeRequest,
  encode,
  encodeResult,
  LAYER,
  type MethodName,
  type Requests,
  type Results,
  type Updates,
} from '@cablegram/tl/api'
import { encode as encodeService } from '@cablegram/tl/service'
import { TelegramClient } from './client.ts'
import { logOut } from './login/log-out.ts'
import { type Clock, systemClock } from './net/clock.ts'
import type { Dial, TransportEvents } from './net/transport.ts'
import type { ClientOptions } from './options.ts'
import { secureRandom } from './random.ts'
import { memorySession } from './storage/memory.ts'
import type { SessionStorage } from './storage/storage.ts'

const { test_key: rsa } = JSON.parse(
  readFileSync(new URL('../../../test/vectors/rsa-fingerprint.json', import.meta.url), 'utf8'),
)

type Answer = { [Method in MethodName]?: (request: Requests[Method]) => Results[Method] }

/** The real server machine behind a wire in memory; the test says what each method answers. */
class WiredServer {
  readonly requests: MethodName[] = []
  readonly layers: number[] = []
  readonly keys = new Map<bigint, ServerKey>()
  /** Set to have nobody listen. */
  isDown = false
  dials = 0
  #machine: Machine<ServerInput, ServerOutput> = this.#newMachine()
  #connections = new Map<number, TransportEvents>()
  #lastConnection = 0
  #session: Extract<ServerOutput, { kind: 'request' }>['session'] | undefined
  readonly #answers: Answer

  constructor(answers: Answer) {
    this.#answers = answers
  }

  readonly dial: Dial = async (_address, events) => {
    this.dials += 1
    if (this.isDown) throw new Error('ECONNREFUSED')
    this.#lastConnection += 1
    const connection = this.#lastConnection
    this.#connections.set(connection, events)
    this.#step({ kind: 'opened', connection })
    return {
      send: (chunk) => setImmediate(() => this.#step({ kind: 'bytes', connection, chunk })),
      close: () => {
        this.#connections.delete(connection)
        this.#step({ kind: 'closed', connection })
      },
    }
  }

  options(more: ClientOptions = {}): ClientOptions {
    const server = {
      dcs: [
        { id: 2, host: 'two', port: 1 },
        { id: 4, host: 'four', port: 1 },
      ],
      publicKeys: [{ pem: rsa.public_pem_pkcs1 }],
      apps: [{ apiId: 1, apiHash: 'secret' }],
    }
    return { server, ...more, platform: { dial: this.dial, ...more.platform } }
  }

  /** As a restart does: sessions are gone, keys are not. */
  restart(): void {
    this.#machine = this.#newMachine()
    const cut = [...this.#connections.values()]
    this.#connections.clear()
    for (const events of cut) events.onClosed(undefined)
  }

  push(update: Updates): void {
    assert.ok(this.#session)
    this.#step({ kind: 'push', session: this.#session, body: encode('Updates', update) })
  }

  #newMachine() {
    return createServerMachine({
      random: secureRandom,
      rsaKeys: [importRsaPrivateKey(rsa.private_pem_pkcs1)],
      saltSecret: new Uint8Array(32),
    })
  }

  #step(input: ServerInput): void {
    for (const output of this.#machine.step(input, Date.now())) this.#do(output)
  }

  #do(output: ServerOutput): void {
    switch (output.kind) {
      case 'send': {
        const events = this.#connections.get(output.connection)
        setImmediate(() => {
          if (this.#connections.get(output.connection) === events) events?.onBytes(output.chunk)
        })
        break
      }
      case 'close':
        this.#connections.get(output.connection)?.onClosed(undefined)
        this.#connections.delete(output.connection)
        break
      case 'needKey': {
        const { authKeyId } = output
        setImmediate(() => this.#step({ kind: 'key', authKeyId, key: this.keys.get(authKeyId) }))
        break
      }
      case 'keyMade':
        this.keys.set(output.key.authKey.id, output.key)
        setImmediate(() => this.#step({ kind: 'keyKept', exchange: output.exchange, kept: true }))
        break
      case 'keyDestroyed':
        this.keys.delete(output.authKeyId)
        break
      case 'request': {
        const { session, msgId } = output
        this.#session = session
        const body = this.#answer(output.body)
        setImmediate(() => this.#step({ kind: 'answer', session, msgId, body }))
        break
      }
    }
  }

  #answer(body: Uint8Array): Uint8Array {
    const request = decodeRequest(body)
    if (request._ === 'invokeWithLayer') {
      this.layers.push(request.layer)
      return this.#answer(request.query)
    }
    if (request._ === 'initConnection') return this.#answer(request.query)
    this.requests.push(request._)
    try {
      const answer = this.#answers[request._] as ((request: unknown) => never) | undefined
      if (!answer) throw new RpcError(401, 'AUTH_KEY_UNREGISTERED')
      return encodeResult(request._, answer(request))
    } catch (error) {
      assert.ok(error instanceof RpcError, String(error))
      return encodeService('RpcError', { _: 'rpc_error', errorCode: error.code, errorMessage: error.message })
    }
  }
}

const open: TelegramClient[] = []
after(() => Promise.all(open.map((client) => client.close())))

function connect(
  server: WiredServer,
  options: ClientOptions = {},
  session: SessionStorage = memorySession(),
) {
  const client = new TelegramClient(session, server.options(options))
  open.push(client)
  return client
}

const nearest = { _: 'nearestDc', country: 'AQ', thisDc: 2, nearestDc: 2 } as const

test('a call connects, says which layer it speaks, and is answered', async () => {
  const server = new WiredServer({ 'help.getNearestDc': () => nearest })
  const client = connect(server)
  assert.deepEqual(await client.help.getNearestDc(), nearest)
  assert.deepEqual(server.layers, [LAYER])
  await client.help.getNearestDc()
  assert.deepEqual(server.layers, [LAYER])
  assert.equal(server.dials, 1)
})

test('the key is kept, and used again by the next client', async () => {
  const server = new WiredServer({ 'help.getNearestDc': () => nearest })
  const session = memorySession()
  const first = connect(server, {}, session)
  await first.help.getNearestDc()
  await first.close()
  const second = connect(server, {}, session)
  await second.help.getNearestDc()
  assert.equal(server.keys.size, 1)
})

test('calls go on after the server was restarted', async () => {
  const server = new WiredServer({ 'help.getNearestDc': () => nearest })
  const client = connect(server)
  await client.help.getNearestDc()
  server.isDown = true
  server.restart()
  const call = client.help.getNearestDc()
  setTimeout(() => {
    server.isDown = false
  }, 150)
  assert.deepEqual(await call, nearest)
  assert.equal(server.keys.size, 1)
})

test('a server that has lost the key is gone on with under a new one, and nobody is signed in', async () => {
  const user = { _: 'user', id: 7n } as const
  const server = new WiredServer({
    'help.getNearestDc': () => nearest,
    'auth.signIn': () => ({ _: 'auth.authorization', user }),
  })
  const session = memorySession()
  const client = connect(server, {}, session)
  await client.auth.signIn({ phoneNumber: '1', phoneCodeHash: 'x', phoneCode: '1' })
  assert.equal(client.userId, 7n)
  await client.close()
  server.keys.clear()
  server.restart()
  const again = connect(server, {}, session)
  await again.help.getNearestDc()
  assert.equal(again.userId, undefined)
  assert.equal(server.keys.size, 1)
})

test('refusals carry the method, and 401 means that nobody is signed in', async () => {
  const user = { _: 'user', id: 7n } as const
  const server = new WiredServer({ 'auth.signIn': () => ({ _: 'auth.authorization', user }) })
  const client = connect(server)
  await client.auth.signIn({ phoneNumber: '1', phoneCodeHash: 'x', phoneCode: '1' })
  await assert.rejects(client.updates.getState(), {
    name: 'RpcError',
    code: 401,
    type: 'AUTH_KEY_UNREGISTERED',
    method: 'updates.getState',
  })
  assert.equal(client.userId, undefined)
})

test('FLOOD_WAIT is thrown, or waited for up to what the client was told, in all', async () => {
  let refusals = 1
  const answer = () => {
    refusals -= 1
    if (refusals >= 0) throw new RpcError(420, 'FLOOD_WAIT_30')
    return nearest
  }
  const server = new WiredServer({ 'help.getNearestDc': answer })
  const clock: Clock = {
    ...systemClock,
    after: (delayMs, action) => systemClock.after(delayMs === 30_000 ? 0 : delayMs, action),
  }
  await assert.rejects(connect(server).help.getNearestDc(), { type: 'FLOOD_WAIT', argument: 30 })
  const patient = connect(server, { floodWaitMaxS: 60, platform: { clock } })
  refusals = 2
  assert.deepEqual(await patient.help.getNearestDc(), nearest)
  refusals = 3
  await assert.rejects(patient.help.getNearestDc(), { type: 'FLOOD_WAIT' })
})

test('an error of 500 is thrown and not tried again', async () => {
  const refuse = () => {
    throw new RpcError(500, 'INTERNAL')
  }
  const server = new WiredServer({ 'help.getNearestDc': refuse })
  await assert.rejects(connect(server).help.getNearestDc(), { code: 500 })
  assert.equal(server.requests.length, 1)
})

test('updates reach a listener until it is taken off', async () => {
  const server = new WiredServer({ 'help.getNearestDc': () => nearest })
  const client = connect(server)
  const got: Updates[] = []
  const stop = client.onUpdate((update) => got.push(update))
  await client.help.getNearestDc()
  const short: Updates = { _: 'updateShort', update: { _: 'updateConfig' }, date: 5 }
  server.push(short)
  await client.help.getNearestDc()
  assert.deepEqual(got, [short])
  stop()
  server.push(short)
  await client.help.getNearestDc()
  assert.equal(got.length, 1)
})

test('a session that the server has forgotten tells that updates may be missing', async () => {
  const server = new WiredServer({ 'help.getNearestDc': () => nearest })
  const client = connect(server)
  const got: Updates[] = []
  client.onUpdate((update) => got.push(update))
  await client.help.getNearestDc()
  server.restart()
  await client.help.getNearestDc()
  assert.deepEqual(got, [{ _: 'updatesTooLong' }])
})

test('another data centre has a key of its own, and the way back finds the first one', async () => {
  const server = new WiredServer({ 'help.getNearestDc': () => nearest })
  const client = connect(server)
  await client.help.getNearestDc()
  await client.switchDc(4)
  assert.equal(client.dcId, 4)
  await client.help.getNearestDc()
  assert.equal(server.keys.size, 2)
  await client.switchDc(2)
  await client.help.getNearestDc()
  assert.equal(server.keys.size, 2)
  await assert.rejects(client.switchDc(3), { code: 'DC_UNKNOWN' })
  assert.equal(client.dcId, 2)
})

test('logging out destroys the key and keeps the token for the next login', async () => {
  const futureAuthToken = new Uint8Array([1, 2, 3])
  const server = new WiredServer({
    'auth.logOut': () => ({ _: 'auth.loggedOut', futureAuthToken }),
    'help.getNearestDc': () => nearest,
  })
  const client = connect(server)
  await client.help.getNearestDc()
  await logOut(client)
  assert.equal(server.keys.size, 0)
  assert.deepEqual(client.logoutTokens, [futureAuthToken])
  await client.help.getNearestDc()
  assert.equal(server.keys.size, 1)
})

test('with temporary keys the permanent one carries no traffic', async () => {
  const server = new WiredServer({
    'help.getNearestDc': () => nearest,
    'auth.bindTempAuthKey': () => true,
  })
  const client = connect(server, { pfs: true })
  assert.deepEqual(await client.help.getNearestDc(), nearest)
  const expiries = [...server.keys.values()].map(({ expiresAtS }) => expiresAtS !== undefined)
  assert.deepEqual(expiries.sort(), [false, true])
})

test('a closed client is closed: calls on their way and later ones fail, close again is nothing', async () => {
  const server = new WiredServer({ 'help.getNearestDc': () => nearest })
  const client = connect(server)
  await client.connect()
  const call = client.help.getNearestDc()
  const rejected = assert.rejects(call, { code: 'CLIENT_CLOSED' })
  await client.close()
  await rejected
  await assert.rejects(client.help.getNearestDc(), { code: 'CLIENT_CLOSED' })
  await client[Symbol.asyncDispose]()
})

test('a client closed while it connects gives its session back', async () => {
  const server = new WiredServer({})
  let isOpen = false
  const storage: SessionStorage = {
    ...memorySession(),
    open: async () => {
      isOpen = true
      return undefined
    },
    close: async () => {
      isOpen = false
    },
  }
  const client = connect(server, {}, storage)
  const connecting = assert.rejects(client.connect(), { code: 'CLIENT_CLOSED' })
  await client.close()
  await connecting
  assert.equal(isOpen, false)
})

test('after a failure to connect the next call tries again', async () => {
  const server = new WiredServer({ 'help.getNearestDc': () => nearest })
  server.isDown = true
  const client = connect(server)
  await assert.rejects(client.help.getNearestDc(), { code: 'SERVER_UNREACHABLE', message: /two:1/ })
  server.isDown = false
  assert.deepEqual(await client.help.getNearestDc(), nearest)
})

test('an api_id is needed from somewhere', async () => {
  const server = new WiredServer({})
  const { server: described } = server.options()
  const bare = { ...(described as object), apps: [] } as unknown as NonNullable<ClientOptions['server']>
  await assert.rejects(connect(server, { server: bare }).connect(), { code: 'API_ID_MISSING' })
  await assert.rejects(connect(server, { apiId: 5 }).connect(), { code: 'API_ID_MISSING' })
})

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
import { sha256, startCtr } from '@cablegram/mtproto/crypto'
import { importRsaPrivateKey } from '@cablegram/mtproto/private-keys'
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
import { TestClock } from './login/test-clock.ts'
import { type Clock, systemClock } from './net/clock.ts'
import type { Dial, TransportEvents } from './net/transport.ts'
import type { ClientOptions } from './options.ts'
import { secureRandom } from './random.ts'
import { memorySession } from './storage/memory.ts'
import type { SessionStorage } from './storage/storage.ts'

const { test_key: rsa } = JSON.parse(
  readFileSync(new URL('../../../test/vectors/rsa-fingerprint.json', import.meta.url), 'utf8'),
)

/** `dcId` is the data centre that the client called. */
type Answer = { [Method in MethodName]?: (request: Requests[Method], dcId: number) => Results[Method] }

/** The real server machine behind an in-memory wire; the test supplies the answer of each method. */
class WiredServer {
  readonly requests: MethodName[] = []
  /** The same, with the data centre. */
  readonly asked: string[] = []
  readonly layers: number[] = []
  readonly keys = new Map<bigint, ServerKey>()
  /** Set to refuse connections. */
  isDown = false
  /** Set to leave requests to destroy a key without an answer. */
  keepsKeys = false
  dials = 0
  #machine: Machine<ServerInput, ServerOutput> = this.#newMachine()
  #connections = new Map<number, TransportEvents>()
  readonly #dcs = new Map<number, number>()
  #lastConnection = 0
  #session: Extract<ServerOutput, { kind: 'request' }>['session'] | undefined
  readonly #answers: Answer

  constructor(answers: Answer) {
    this.#answers = answers
  }

  readonly dial: Dial = async ({ host }, events) => {
    this.dials += 1
    if (this.isDown) throw new Error('ECONNREFUSED')
    this.#lastConnection += 1
    const connection = this.#lastConnection
    this.#connections.set(connection, events)
    this.#dcs.set(connection, { two: 2, four: 4, five: 5 }[host] ?? 0)
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
    return { server, pfs: false, ...more, platform: { dial: this.dial, ...more.platform } }
  }

  /** Acts like a restart: sessions are lost, keys are not. */
  restart(): void {
    this.#machine = this.#newMachine()
    const cut = [...this.#connections.values()]
    this.#connections.clear()
    for (const events of cut) events.onClosed(undefined)
  }

  /** Answers with an error of the transport, as a server does that does not know the data centre. */
  refuse(code: number): void {
    for (const events of this.#connections.values()) events.onTransportError(code)
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
      case 'destroyKey': {
        const { session } = output
        if (this.keepsKeys) break
        const outcome = this.keys.delete(session.authKeyId) ? 'ok' : 'none'
        setImmediate(() => this.#step({ kind: 'keyDestroyed', session, outcome }))
        break
      }
      case 'request': {
        const { session, msgId } = output
        this.#session = session
        const body = this.#answer(output.body, this.#dcs.get(output.connection) ?? 0)
        setImmediate(() => this.#step({ kind: 'answer', session, msgId, body }))
        break
      }
    }
  }

  #answer(body: Uint8Array, dcId: number): Uint8Array {
    const request = decodeRequest(body)
    if (request._ === 'invokeWithLayer') {
      this.layers.push(request.layer)
      return this.#answer(request.query, dcId)
    }
    if (request._ === 'initConnection') return this.#answer(request.query, dcId)
    if (request._ === 'invokeWithoutUpdates') return this.#answer(request.query, dcId)
    this.requests.push(request._)
    this.asked.push(`${request._} in ${dcId}`)
    try {
      const answer = this.#answers[request._] as ((...asked: unknown[]) => never) | undefined
      if (!answer) throw new RpcError(401, 'AUTH_KEY_UNREGISTERED')
      return encodeResult(request._, answer(request, dcId))
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

const CONFIG: Results['help.getConfig'] = {
  _: 'config',
  date: 0,
  expires: 0,
  testMode: false,
  thisDc: 2,
  dcOptions: [],
  dcTxtDomainName: '',
  chatSizeMax: 0,
  megagroupSizeMax: 0,
  forwardedCountMax: 0,
  onlineUpdatePeriodMs: 0,
  offlineBlurTimeoutMs: 0,
  offlineIdleTimeoutMs: 0,
  onlineCloudTimeoutMs: 0,
  notifyCloudDelayMs: 0,
  notifyDefaultDelayMs: 0,
  pushChatPeriodMs: 0,
  pushChatLimit: 0,
  editTimeLimit: 0,
  revokeTimeLimit: 0,
  revokePmTimeLimit: 0,
  ratingEDecay: 0,
  stickersRecentLimit: 0,
  channelsReadMediaPeriod: 0,
  callReceiveTimeoutMs: 0,
  callRingTimeoutMs: 0,
  callConnectTimeoutMs: 0,
  callPacketTimeoutMs: 0,
  meUrlPrefix: '',
  captionLengthMax: 0,
  messageLengthMax: 0,
  webfileDcId: 2,
}
const nearest = { _: 'nearestDc', country: 'AQ', thisDc: 2, nearestDc: 2 } as const

test('a call connects, declares its layer and is answered', async () => {
  const server = new WiredServer({ 'help.getNearestDc': () => nearest })
  const client = connect(server)
  assert.deepEqual(await client.help.getNearestDc(), nearest)
  assert.deepEqual(server.layers, [LAYER])
  await client.help.getNearestDc()
  assert.deepEqual(server.layers, [LAYER])
  assert.equal(server.dials, 1)
})

test('the next client reuses the saved key', async () => {
  const server = new WiredServer({ 'help.getNearestDc': () => nearest })
  const session = memorySession()
  const first = connect(server, {}, session)
  await first.help.getNearestDc()
  await first.close()
  const second = connect(server, {}, session)
  await second.help.getNearestDc()
  assert.equal(server.keys.size, 1)
})

test('calls continue after a server restart', async () => {
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

test('the client makes a new key when the server has lost its key, and is then signed out', async () => {
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
  assert.deepEqual(again.endedLogin, { userId: 7n, reason: 'KEY_LOST' })
  assert.equal(server.keys.size, 1)
})

test('a refusal names its method, and 401 means nobody is signed in', async () => {
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

test('FLOOD_WAIT is thrown unless the total wait stays within floodWaitMaxS', async () => {
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

/** Calls a server that refuses once with this text, on a clock on which a wait of `waitS` takes no time. */
async function callRefused(text: string, waitS: number, { code = 420, floodWaitMaxS = 86_400 * 10 } = {}) {
  let isRefused = false
  const answer = () => {
    if (isRefused) return nearest
    isRefused = true
    throw new RpcError(code, text)
  }
  let hasWaited = false
  const after: Clock['after'] = (delayMs, action) => {
    const isWait = isRefused && delayMs === waitS * 1_000
    hasWaited ||= isWait
    return systemClock.after(isWait ? 0 : delayMs, action)
  }
  const platform = { clock: { ...systemClock, after } }
  const client = connect(new WiredServer({ 'help.getNearestDc': answer }), { floodWaitMaxS, platform })
  const result = await client.help.getNearestDc().catch((error) => error.type)
  return { result, hasWaited }
}

test('every wait with a number is waited out, except before a call that is unsafe to repeat', async () => {
  const waits: [string, number][] = [
    ['FLOOD_WAIT_7', 7],
    ['FLOOD_WAIT_0', 1],
    ['FLOOD_PREMIUM_WAIT_7', 7],
    ['SLOWMODE_WAIT_7', 7],
    ['FLOOD_TEST_PHONE_WAIT_7', 7],
    ['TAKEOUT_INIT_DELAY_86400', 86_400],
    ['STORY_SEND_FLOOD_WEEKLY_7', 7],
    ['A_WAIT_OF_THE_FUTURE_7', 7],
  ]
  for (const [text, waitS] of waits) {
    assert.deepEqual(await callRefused(text, waitS), { result: nearest, hasWaited: true }, text)
  }
  const thrown: [string, number, string][] = [
    ['2FA_CONFIRM_WAIT_604800', 420, '2FA_CONFIRM_WAIT'],
    ['PREMIUM_SUB_ACTIVE_UNTIL_1800000000', 420, 'PREMIUM_SUB_ACTIVE_UNTIL'],
    ['STORY_SEND_FLOOD_MONTHLY_1800000000', 420, 'STORY_SEND_FLOOD_MONTHLY'],
    ['FROZEN_METHOD_INVALID', 420, 'FROZEN_METHOD_INVALID'],
    ['FLOOD_WAIT', 420, 'FLOOD_WAIT'],
    ['PASSWORD_TOO_FRESH_7', 400, 'PASSWORD_TOO_FRESH'],
    ['FLOOD_WAIT_X', 420, 'FLOOD_WAIT_X'],
  ]
  for (const [text, code, type] of thrown) {
    assert.deepEqual(await callRefused(text, 7, { code }), { result: type, hasWaited: false }, text)
  }
  for (const text of ['FLOOD_PREMIUM_WAIT_61', 'SLOWMODE_WAIT_61']) {
    const { result } = await callRefused(text, 61, { floodWaitMaxS: 60 })
    assert.equal(result, text.replace(/_61$/, ''))
  }
})

test('the caller can cancel a call that waits out FLOOD_WAIT', async () => {
  const refuse = () => {
    throw new RpcError(420, 'FLOOD_WAIT_3600')
  }
  const abort = new AbortController()
  const after: Clock['after'] = (delayMs, action) => {
    if (delayMs === 3_600_000) queueMicrotask(() => abort.abort(new Error('enough')))
    return systemClock.after(delayMs, action)
  }
  const platform = { clock: { ...systemClock, after } }
  const client = connect(new WiredServer({ 'help.getNearestDc': refuse }), { floodWaitMaxS: 7200, platform })
  await assert.rejects(client.help.getNearestDc({}, { signal: abort.signal }), /enough/)
})

test('the stack of a refusal leads to the caller', async () => {
  const client = connect(new WiredServer({}))
  async function askForTheState() {
    await client.updates.getState()
  }
  await assert.rejects(askForTheState(), (error: Error) => {
    assert.match(error.stack ?? '', /askForTheState[\s\S]*client\.test\.ts/)
    return true
  })
})

test('a 500 error is thrown and the call is not retried', async () => {
  const refuse = () => {
    throw new RpcError(500, 'INTERNAL')
  }
  const server = new WiredServer({ 'help.getNearestDc': refuse })
  await assert.rejects(connect(server).help.getNearestDc(), { code: 500 })
  assert.equal(server.requests.length, 1)
})

test('a listener receives updates until it is removed', async () => {
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

for (const [what, throwing] of [
  ['throws', () => assert.fail('a bug')],
  ['rejects', async () => assert.fail('a bug')],
  ['rejects later', () => new Promise((_, reject) => setTimeout(() => reject(new Error('a bug')), 1))],
  ['throws something other than an Error', () => Promise.reject('a bug')],
] as const) {
  test(`onError receives the error of a listener that ${what}, and the client continues`, async () => {
    const server = new WiredServer({ 'help.getNearestDc': () => nearest })
    const fallback: unknown[] = []
    const client = connect(server, { platform: { report: (error) => fallback.push(error) } })
    const [errors, got]: [unknown[], Updates[]] = [[], []]
    client.onUpdate(throwing)
    client.onUpdate((update) => got.push(update))
    client.onError(() => assert.fail('a listener of errors that throws, too'))
    const stop = client.onError((error) => errors.push(error))
    const reported: unknown[] = []
    const quiet = connect(server, { platform: { report: (error) => reported.push(error) } })
    quiet.onUpdate(throwing)
    for (const each of [client, quiet]) {
      await each.help.getNearestDc()
      server.push({ _: 'updatesTooLong' })
      server.push({ _: 'updatesTooLong' })
      await each.help.getNearestDc()
    }
    const all = () => [errors.length, got.length, reported.length, fallback.length]
    while (all().some((count) => count < 2)) await new Promise(setImmediate)
    assert.deepEqual(all(), [2, 2, 2, 2])
    assert.match(String(errors[0]), /a bug/)
    assert.equal(server.dials, 2)
    stop()
  })
}

test('a session that cannot be saved reports to onError once per attempt, and to save()', async () => {
  const server = new WiredServer({ 'help.getNearestDc': () => nearest })
  const storage: SessionStorage = {
    ...memorySession(),
    write: () => Promise.reject(new Error('disk full')),
  }
  const client = new TelegramClient(storage, server.options())
  const errors: unknown[] = []
  client.onError((error) => errors.push(error))
  await client.help.getNearestDc()
  await assert.rejects(client.save(), /disk full/)
  assert.match(String(errors[0]), /disk full/)
  await assert.rejects(client.close(), /disk full/)
})

test('the client reports possibly missed updates when the server has forgotten the session', async () => {
  const server = new WiredServer({ 'help.getNearestDc': () => nearest })
  const client = connect(server)
  const got: Updates[] = []
  client.onUpdate((update) => got.push(update))
  await client.help.getNearestDc()
  server.restart()
  await client.help.getNearestDc()
  assert.deepEqual(got, [{ _: 'updatesTooLong' }])
})

test('the first listener after a resumed login hears once that updates may be missing', async () => {
  const states: unknown[] = []
  const server = new WiredServer({
    'help.getNearestDc': () => nearest,
    'updates.getState': () => {
      states.push('asked')
      return { _: 'updates.state', pts: 1, qts: 1, date: 1, seq: 1, unreadCount: 0 }
    },
    'auth.signIn': () => ({ _: 'auth.authorization', user }),
  })
  const session = memorySession()
  const first = connect(server, {}, session)
  const [fresh, before, after]: Updates[][] = [[], [], []]
  first.onUpdate((update) => fresh?.push(update))
  await first.auth.signIn({ phoneNumber: '1', phoneCodeHash: 'x', phoneCode: '1' })
  await first.close()
  assert.deepEqual(fresh, [], 'a new login has missed nothing')
  const second = connect(server, {}, session)
  second.onUpdate((update) => before?.push(update))
  await second.connect()
  await second.help.getNearestDc()
  assert.deepEqual(before, [{ _: 'updatesTooLong' }])
  await second.close()
  const third = connect(server, {}, session)
  await third.connect()
  const stop = third.onUpdate((update) => after?.push(update))
  third.onUpdate(() => {})
  await third.help.getNearestDc()
  stop()
  third.onUpdate((update) => after?.push(update))
  await third.help.getNearestDc()
  assert.deepEqual(after, [{ _: 'updatesTooLong' }])
  assert.equal(states.length, 2, 'servers tell updates to sessions that have called something')
})

test('a client that only listens connects anew after its connection has failed for good', async () => {
  const server = new WiredServer({
    'updates.getState': () => ({ _: 'updates.state', pts: 1, qts: 1, date: 1, seq: 1, unreadCount: 0 }),
    'auth.signIn': () => ({ _: 'auth.authorization', user }),
  })
  /** Pauses between attempts, which end at once. */
  const pauses: number[] = []
  const clock: Clock = {
    ...systemClock,
    after(delayMs, action) {
      if (![1_000, 2_000].includes(delayMs)) return systemClock.after(delayMs, action)
      pauses.push(delayMs)
      if (delayMs === 2_000) server.isDown = false
      return systemClock.after(0, action)
    },
  }
  const client = connect(server, { platform: { clock } })
  await client.auth.signIn({ phoneNumber: '1', phoneCodeHash: 'x', phoneCode: '1' })
  const told = new Promise<Updates>((resolve) => client.onUpdate(resolve))
  pauses.length = 0
  server.isDown = true
  server.refuse(-444)
  assert.deepEqual(await told, { _: 'updatesTooLong' })
  assert.deepEqual(pauses, [1_000, 2_000])
  assert.equal(server.dials, 4)
})

test('a session without a login misses no updates', async () => {
  const server = new WiredServer({ 'help.getNearestDc': () => nearest })
  const session = memorySession()
  const got: Updates[] = []
  for (let run = 0; run < 2; run += 1) {
    const client = connect(server, {}, session)
    client.onUpdate((update) => got.push(update))
    await client.help.getNearestDc()
    await client.close()
  }
  assert.deepEqual(got, [])
})

test('each data centre has its own key, and switching back finds the first one', async () => {
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

const user = { _: 'user', id: 7n } as const
const sentCode = {
  _: 'auth.sentCode',
  type: { _: 'auth.sentCodeTypeSms', length: 5 },
  phoneCodeHash: 'hash',
} as const
const SEND_CODE = { phoneNumber: '1', apiId: 1, apiHash: '', settings: { _: 'codeSettings' } } as const

function refuse(code: number, text: string): never {
  throw new RpcError(code, text)
}

test('a number of another data centre moves the client there, and pending calls are answered where they were sent', async () => {
  const server = new WiredServer({
    'auth.sendCode': (_request, dcId) => (dcId === 4 ? sentCode : refuse(303, 'PHONE_MIGRATE_4')),
    'help.getNearestDc': (_request, thisDc) => ({ ...nearest, thisDc }),
  })
  const client = connect(server)
  await client.connect()
  const [sent, again, here] = await Promise.all([
    client.auth.sendCode(SEND_CODE),
    client.auth.sendCode(SEND_CODE),
    client.help.getNearestDc(),
  ])
  assert.deepEqual([sent._, again._, here.thisDc], ['auth.sentCode', 'auth.sentCode', 2])
  assert.equal(client.dcId, 4)
  assert.equal((await client.help.getNearestDc()).thisDc, 4)
  assert.equal(server.dials, 2)
})

for (const type of ['PHONE_MIGRATE', 'NETWORK_MIGRATE', 'USER_MIGRATE', 'FILE_MIGRATE', 'STATS_MIGRATE']) {
  test(`${type} redirects in a circle end with a clear error`, async () => {
    for (const next of [(dcId: number) => 6 - dcId, (dcId: number) => dcId]) {
      const server = new WiredServer({
        'help.getNearestDc': (_request, dcId) => refuse(303, `${type}_${next(dcId)}`),
      })
      await assert.rejects(connect(server).help.getNearestDc(), {
        code: 'MIGRATION_LOOP',
        message: /^help\.getNearestDc has no end/,
      })
      assert.ok(server.asked.length <= 4, server.asked.join())
    }
  })
}

test('FILE_MIGRATE moves only this call and imports the home login once', async () => {
  const signedIn = new Set([2])
  const server = new WiredServer({
    'auth.signIn': () => ({ _: 'auth.authorization', user }),
    'auth.exportAuthorization': ({ dcId }) => ({
      _: 'auth.exportedAuthorization',
      id: 7n,
      bytes: new Uint8Array([dcId]),
    }),
    'auth.importAuthorization': ({ bytes }, dcId) => {
      assert.deepEqual([...bytes], [dcId])
      signedIn.add(dcId)
      return { _: 'auth.authorization', user }
    },
    'updates.getState': (_request, dcId) => {
      if (!signedIn.has(dcId)) refuse(401, 'AUTH_KEY_UNREGISTERED')
      if (dcId === 2) refuse(303, 'FILE_MIGRATE_4')
      return { _: 'updates.state', pts: dcId, qts: 0, date: 0, seq: 0, unreadCount: 0 }
    },
  })
  const session = memorySession()
  const client = connect(server, {}, session)
  await client.auth.signIn({ phoneNumber: '1', phoneCodeHash: 'x', phoneCode: '1' })
  const states = await Promise.all([client.updates.getState(), client.updates.getState()])
  assert.deepEqual(
    states.map(({ pts }) => pts),
    [4, 4],
  )
  assert.deepEqual([client.dcId, client.userId], [2, 7n])
  await client.close()
  const later = connect(server, {}, session)
  assert.equal((await later.updates.getState({}, { dcId: 4 })).pts, 4)
  const count = (method: string) => server.asked.filter((asked) => asked.startsWith(method)).length
  assert.deepEqual([count('auth.exportAuthorization'), count('auth.importAuthorization')], [1, 1])
  // The other data centre has lost the login: the client imports it again and stays signed in.
  signedIn.delete(4)
  assert.equal((await later.updates.getState({}, { dcId: 4 })).pts, 4)
  assert.deepEqual([count('auth.exportAuthorization'), later.userId], [2, 7n])
})

test('a login that another data centre loses is imported there at most twice', async () => {
  const server = new WiredServer({
    'auth.signIn': () => ({ _: 'auth.authorization', user }),
    'auth.exportAuthorization': () => ({
      _: 'auth.exportedAuthorization',
      id: 7n,
      bytes: new Uint8Array(),
    }),
    'auth.importAuthorization': () => ({ _: 'auth.authorization', user }),
  })
  const client = connect(server)
  await client.auth.signIn({ phoneNumber: '1', phoneCodeHash: 'x', phoneCode: '1' })
  await assert.rejects(client.updates.getState({}, { dcId: 4 }), { code: 401, method: 'updates.getState' })
  assert.equal(server.requests.filter((method) => method === 'updates.getState').length, 2)
  assert.equal(client.userId, 7n)
})

test('a spent export is requested once more', async () => {
  let spent = 1
  const server = new WiredServer({
    'auth.signIn': () => ({ _: 'auth.authorization', user }),
    'auth.exportAuthorization': () => ({ _: 'auth.exportedAuthorization', id: 7n, bytes: new Uint8Array() }),
    'auth.importAuthorization': () => {
      if (spent-- > 0) refuse(400, 'AUTH_BYTES_INVALID')
      return { _: 'auth.authorization', user }
    },
    'help.getNearestDc': () => nearest,
  })
  const client = connect(server)
  await client.auth.signIn({ phoneNumber: '1', phoneCodeHash: 'x', phoneCode: '1' })
  await client.help.getNearestDc({}, { dcId: 4 })
  await client.close()
  spent = 9
  const other = connect(server)
  await other.auth.signIn({ phoneNumber: '1', phoneCodeHash: 'x', phoneCode: '1' })
  await assert.rejects(other.help.getNearestDc({}, { dcId: 4 }), { type: 'AUTH_BYTES_INVALID' })
})

test('the login ends when home says that nobody is signed in, even while moving to another data centre', async () => {
  const server = new WiredServer({ 'auth.signIn': () => ({ _: 'auth.authorization', user }) })
  const client = connect(server)
  await client.auth.signIn({ phoneNumber: '1', phoneCodeHash: 'x', phoneCode: '1' })
  await assert.rejects(client.updates.getState({}, { dcId: 4 }), { method: 'auth.exportAuthorization' })
  assert.equal(client.userId, undefined)
})

test('the session remembers a data centre that the server announced and the description lacks', async () => {
  const server = new WiredServer({
    'help.getConfig': () => {
      const option = { _: 'dcOption', id: 5, port: 1 } as const
      const dcOptions = [
        { ...option, mediaOnly: true, ipAddress: 'media' },
        { ...option, ipv6: true, ipAddress: 'six' },
        { ...option, ipAddress: 'five' },
      ]
      return { ...CONFIG, dcOptions }
    },
    'help.getNearestDc': (_request, thisDc) => ({ ...nearest, thisDc }),
  })
  const session = memorySession()
  const client = connect(server, {}, session)
  await client.switchDc(5)
  assert.equal((await client.help.getNearestDc()).thisDc, 5)
  await client.close()
  const again = connect(server, {}, session)
  assert.equal((await again.help.getNearestDc()).thisDc, 5)
  assert.equal(server.requests.filter((method) => method === 'help.getConfig').length, 1)
  await assert.rejects(again.help.getNearestDc({}, { dcId: 3 }), { code: 'DC_UNKNOWN' })
})

test('a server in trouble is not said to lack a data centre', async () => {
  const answers = [
    () => refuse(-503, 'Timeout'),
    () => refuse(420, 'FLOOD_WAIT_3'),
    () => ({ ...CONFIG, dcOptions: [{ _: 'dcOption', id: 5, port: 1, ipAddress: 'five' } as const] }),
  ]
  const server = new WiredServer({
    'help.getConfig': () => answers.shift()?.() ?? CONFIG,
    'help.getNearestDc': (_request, thisDc) => ({ ...nearest, thisDc }),
  })
  const client = connect(server)
  const ask = () => client.help.getNearestDc({}, { dcId: 5 })
  await assert.rejects(ask(), { name: 'RpcError', code: -503, method: 'help.getConfig' })
  await assert.rejects(ask(), { name: 'RpcError', code: 420, method: 'help.getConfig' })
  assert.equal((await ask()).thisDc, 5)
})

test('the client disconnects from an unused data centre and reconnects on the next call', async () => {
  const server = new WiredServer({ 'help.getNearestDc': (_request, thisDc) => ({ ...nearest, thisDc }) })
  /** The running one-minute timers; the test fires them. */
  const idle = new Set<() => void>()
  const clock: Clock = {
    ...systemClock,
    after(delayMs, action) {
      if (delayMs !== 60_000) return systemClock.after(delayMs, action)
      idle.add(action)
      return () => void idle.delete(action)
    },
  }
  const client = connect(server, { timeoutMs: 5_000, platform: { clock } })
  await client.help.getNearestDc()
  const there = { dcId: 4 }
  await client.help.getNearestDc({}, there)
  await client.help.getNearestDc({}, there)
  assert.equal(server.dials, 2)
  assert.equal(idle.size, 1, 'the minute begins anew with each call, and home has none')
  for (const end of idle) end()
  assert.equal((await client.help.getNearestDc({}, there)).thisDc, 4)
  assert.equal(server.dials, 3)
  await client.help.getNearestDc()
  assert.equal(server.dials, 3, 'home stays')
  await client.switchDc(4)
  assert.equal(idle.size, 1)
  for (const end of idle) end()
  await client.help.getNearestDc()
  assert.equal(server.dials, 3, 'the former home is left, and the new one stays')
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

test('a client that is closed while it forgets its keys says so, and writes nothing afterwards', async () => {
  const server = new WiredServer({ 'help.getNearestDc': () => nearest })
  server.keepsKeys = true
  let written = 0
  let isOpen = false
  const memory = memorySession()
  const storage: SessionStorage = {
    ...memory,
    open: () => {
      isOpen = true
      return memory.open()
    },
    write: (text) => {
      assert.ok(isOpen, "the session may be another client's by now")
      written += 1
      return memory.write(text)
    },
    close: async () => {
      isOpen = false
    },
  }
  /** The patience with the server; it ends when the test wants it to. */
  let endPatience = () => {}
  const clock: Clock = {
    ...systemClock,
    after(delayMs, action) {
      if (delayMs !== 3_000) return systemClock.after(delayMs, action)
      endPatience = action
      return () => {}
    },
  }
  const client = connect(server, { platform: { clock } }, storage)
  await client.help.getNearestDc()
  const forgetting = assert.rejects(client.forgetKeys(), { code: 'CLIENT_CLOSED' })
  await new Promise(setImmediate)
  await client.close()
  const before = written
  endPatience()
  await forgetting
  assert.equal(written, before)
})

test('unless told otherwise, a client has temporary keys and sends no traffic under the permanent one', async () => {
  const server = new WiredServer({
    'help.getNearestDc': () => nearest,
    'auth.bindTempAuthKey': () => true,
  })
  const client = connect(server, { pfs: undefined })
  assert.deepEqual(await client.help.getNearestDc(), nearest)
  const expiries = [...server.keys.values()].map(({ expiresAtS }) => expiresAtS !== undefined)
  assert.deepEqual(expiries.sort(), [false, true])
})

for (const text of ['METHOD_INVALID', 'INPUT_METHOD_INVALID_3440185392', 'METHOD_NOT_IMPLEMENTED']) {
  test(`a server that does not bind temporary keys (${text}) is an error at once`, async () => {
    const server = new WiredServer({
      'auth.bindTempAuthKey': () => {
        throw new RpcError(400, text)
      },
    })
    const client = connect(server, { pfs: true })
    await assert.rejects(client.connect(), {
      code: 'PFS_UNSUPPORTED',
      message: new RegExp(`${text}.*\`pfs\` to false`),
    })
    assert.equal(server.dials, 1)
    assert.deepEqual(server.requests, ['auth.bindTempAuthKey'])
  })
}

test('a closed client fails pending and later calls, and closing it again does nothing', async () => {
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

test('onError hears nothing of a listener whose call ended because the program closed the client', async () => {
  const server = new WiredServer({ 'help.getNearestDc': () => nearest })
  const reported: unknown[] = []
  const client = connect(server, { platform: { report: (error) => reported.push(error) } })
  const ended = new Promise<unknown>((resolve) => {
    client.onUpdate(async () => {
      const call = client.help.getNearestDc()
      call.catch(resolve)
      await client.close()
      await call
    })
  })
  await client.help.getNearestDc()
  server.push({ _: 'updatesTooLong' })
  assert.match(String(await ended), /The client was closed/)
  await new Promise(setImmediate)
  assert.deepEqual(reported, [])
})

test('a client closed while it connects releases its session', async () => {
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

test('a client can be closed while its storage waits for an answer, and gives it back when it comes', async () => {
  let answer = (_text: undefined) => {}
  let closes = 0
  const storage: SessionStorage = {
    ...memorySession(),
    open: () =>
      new Promise((resolve) => {
        answer = resolve
      }),
    close: async () => {
      closes += 1
    },
  }
  const client = connect(new WiredServer({}), {}, storage)
  const connecting = assert.rejects(client.connect(), { code: 'CLIENT_CLOSED' })
  await new Promise(setImmediate)
  await client.close()
  await connecting
  assert.equal(closes, 0, 'it is not ours yet')
  answer(undefined)
  await new Promise(setImmediate)
  assert.equal(closes, 1)
})

test('the next call tries again after a failed connection', async () => {
  const server = new WiredServer({ 'help.getNearestDc': () => nearest })
  server.isDown = true
  const client = connect(server)
  await assert.rejects(client.help.getNearestDc(), { code: 'SERVER_UNREACHABLE', message: /two:1/ })
  server.isDown = false
  assert.deepEqual(await client.help.getNearestDc(), nearest)
})

test('a client that has not reached its server leaves no timer of its peers when it closes', async () => {
  const server = new WiredServer({})
  server.isDown = true
  const clock = new TestClock()
  const client = connect(server, { platform: { clock } })
  await assert.rejects(client.connect(), { code: 'SERVER_UNREACHABLE' })
  client.peers.remember([{ _: 'user', id: 1n, accessHash: 9n, firstName: 'Ada' }])
  assert.equal(clock.waiting, 1)
  await client.close()
  assert.equal(clock.waiting, 0)
})

test('an api_id has to come from the options or the server', async () => {
  const server = new WiredServer({})
  const { server: described } = server.options()
  const bare = { ...(described as object), apps: [] } as unknown as NonNullable<ClientOptions['server']>
  await assert.rejects(connect(server, { server: bare }).connect(), { code: 'API_ID_MISSING' })
  await assert.rejects(connect(server, { apiId: 5 }).connect(), { code: 'API_ID_MISSING' })
})

test('a file on a CDN is fetched there, under the keys of the CDN and without a login', async () => {
  const plain = Uint8Array.from({ length: 5000 }, (_, at) => at & 255)
  const [encryptionKey, encryptionIv] = [new Uint8Array(32).fill(7), new Uint8Array(16)]
  const redirect = { _: 'upload.fileCdnRedirect', dcId: 5, fileToken: Uint8Array.of(1) } as const
  const hash = { _: 'fileHash', offset: 0n, limit: plain.length, hash: sha256(plain) } as const
  const server = new WiredServer({
    'help.getCdnConfig': () => ({
      _: 'cdnConfig',
      publicKeys: [{ _: 'cdnPublicKey', dcId: 5, publicKey: rsa.public_pem_pkcs1 }],
    }),
    'help.getConfig': () => ({
      ...CONFIG,
      dcOptions: [{ _: 'dcOption', id: 5, cdn: true, ipAddress: 'five', port: 1 }],
    }),
    'upload.getFile': () => ({ ...redirect, encryptionKey, encryptionIv, fileHashes: [hash] }),
    'upload.getCdnFile': ({ offset }) => ({
      _: 'upload.cdnFile',
      bytes: offset === 0n ? startCtr(encryptionKey, encryptionIv)(plain) : new Uint8Array(),
    }),
    // There are none behind the end: only the CDN has said how long the file is.
    'upload.getCdnFileHashes': ({ offset }) => (offset < plain.length ? [hash] : []),
  })
  const client = connect(server)
  const document = { id: 1n, accessHash: 2n, thumbSize: '', fileReference: Uint8Array.of(3) }
  const location = { _: 'inputDocumentFileLocation', ...document } as const
  const parts: Uint8Array[] = []
  for await (const part of client.download(location)) parts.push(part)
  assert.ok(Buffer.concat(parts).equals(plain))
  const asked = server.asked.filter((each) => !each.startsWith('help.'))
  const hashes = 'upload.getCdnFileHashes in 2'
  assert.deepEqual([...new Set(asked)], ['upload.getFile in 2', 'upload.getCdnFile in 5', hashes])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encryptRsaPad, makePq } from './crypto/index.ts'
import { encodeContainer, encodePlain, isPacked, pack } from './envelope/index.ts'
import { TransportError } from './errors.ts'
import {
  type ClientExchangeSetup,
  onExchangeMessage,
  ServerExchanges,
  startExchange,
} from './exchange/index.ts'
import { SERVER_LIMITS, type ServerLimits } from './index.ts'
import { inSession, KEY, random, request, World } from './properties/server-world.ts'
import { decodeService, encodeService, type ServiceMessage } from './service.ts'
import { RSA_KEY, SERVER_KEYS } from './testing/rsa-key.ts'

const SESSION = { authKeyId: KEY.authKey.id, sessionId: 1n }
const noise = (length: number) => random(length)
const zeros = (length: number) => new Uint8Array(length)
const ping: ServiceMessage = { _: 'ping', pingId: 1n }

/** The exchanges of a node, without the machine around them. */
function exchanges(limits: Partial<ServerLimits>, offloads = false): ServerExchanges {
  const rsaKeys = [{ fingerprint: SERVER_KEYS[0]?.fingerprint ?? 0n, key: RSA_KEY }]
  const all = { ...SERVER_LIMITS, ...limits }
  return new ServerExchanges({ random, rsaKeys, makePq, maxDhRetries: all.maxDhRetries, offloads }, all)
}

const CLIENT: ClientExchangeSetup = {
  random,
  serverKeys: SERVER_KEYS,
  dcId: 2,
  expiresInS: undefined,
  encryptInnerData: encryptRsaPad,
}

/** Begins an exchange; continues it when called. */
function begin(server: ServerExchanges, connection = 1, nowMs = 0, network?: string) {
  const place = { connection, network }
  const first = startExchange(CLIENT)
  const { send } = server.onMessage(place, first.send, nowMs)
  const step = onExchangeMessage(first.state, decodeService(send ?? zeros(0)), CLIENT)
  assert.ok('send' in step)
  return { step, goOn: (atMs = nowMs) => server.onMessage(place, step.send, atMs) }
}

const isRefused = (error: unknown) => error instanceof TransportError && error.transportCode === -429
const isOver = { code: 'EXCHANGE_UNKNOWN' }

/** A request with this answer, and the result. */
function answered(world: World, body: Uint8Array) {
  const msgId = world.send(request(1))
  world.answer(msgId, body)
  return msgId
}

function sendMany(world: World, count: number, bodyOf: (i: number) => Uint8Array): void {
  const messages = Array.from({ length: count }, (_, i) => ({
    msgId: world.nextId(),
    seqNo: 0,
    body: bodyOf(i),
  }))
  world.send(encodeContainer(messages), { seqNo: 2 * count })
}

const encodedPing = () => encodeService(ping)

/** Each limit, at its value and one over. The compiler ensures that none is missing. */
const ROWS: { readonly [L in keyof ServerLimits]: () => void } = {
  maxFrameBytes() {
    const world = inSession({ maxFrameBytes: 1024 })
    world.send(noise(600))
    assert.deepEqual(world.closed(), [])
    world.send(noise(1024))
    assert.deepEqual(world.closed(), ['FRAME_TOO_LARGE'])
  },
  maxPlainBytes() {
    for (const [ids, names] of [
      [11, []],
      [12, ['-404']],
    ] as const) {
      const world = inSession({ maxPlainBytes: 12 + 11 * 8 })
      world.sendPacket(encodePlain(4n, encodeService({ _: 'msgs_ack', msgIds: Array(ids).fill(1n) })))
      assert.deepEqual(world.names(), names)
    }
  },
  maxBegunBytes() {
    // Buffers grow in steps.
    for (const [length, reasons] of [
      [1_000, []],
      [10_000, ['FRAMES_UNFINISHED']],
    ] as const) {
      const world = new World({ maxBegunBytes: 8_000 })
      world.open(1)
      const chunk = new Uint8Array(8 + length)
      chunk.fill(0xee, 0, 4)
      new DataView(chunk.buffer).setUint32(4, 100_000, true)
      world.step({ kind: 'bytes', connection: 1, chunk })
      assert.deepEqual(world.closed(), reasons)
    }
    const world = new World({ maxBegunBytes: 8_000 })
    world.open(1)
    world.step({ kind: 'held', connection: 1, bytes: 8_000 })
    assert.deepEqual(world.closed(), [])
    world.step({ kind: 'held', connection: 1, bytes: 8_001 })
    assert.deepEqual(world.closed(), ['FRAMES_UNFINISHED'])
  },
  maxUnpackedBytes() {
    const world = inSession({ maxUnpackedBytes: 4096 })
    world.send(pack(zeros(4096)))
    world.send(pack(zeros(4100)))
    const lengths = world.outputs.flatMap((output) => (output.kind === 'request' ? output.body.length : []))
    assert.equal(lengths[0], 4096)
    assert.ok((lengths[1] ?? 4096) < 200, 'stays packed')
  },
  maxPacketUnpackedBytes() {
    for (const [count, isClosed] of [
      [3, false],
      [4, true],
    ] as const) {
      const world = inSession({ maxUnpackedBytes: 4096, maxPacketUnpackedBytes: 3 * 4096 })
      sendMany(world, count, () => pack(zeros(4096)))
      assert.equal(world.closed().length === 1, isClosed)
    }
  },
  maxConnectionExchanges() {
    const server = exchanges({ maxConnectionExchanges: 2 })
    const [first, second] = [begin(server), begin(server), begin(server)]
    assert.throws(() => first?.goOn(), isOver)
    assert.ok(second?.goOn().send)
  },
  maxExchanges() {
    const server = exchanges({ maxExchanges: 2 })
    const [first, second] = [begin(server, 1), begin(server, 2), begin(server, 3)]
    assert.throws(() => first?.goOn(), isOver)
    assert.ok(second?.goOn().send)
  },
  maxNetworkExchanges() {
    const server = exchanges({ maxNetworkExchanges: 2 })
    begin(server, 1, 0, 'a')
    begin(server, 2, 0, 'a')
    assert.throws(() => begin(server, 3, 0, 'a'), isRefused)
  },
  networkWindowMs() {
    const server = exchanges({ maxNetworkExchanges: 1, networkWindowMs: 500 })
    begin(server, 1, 0, 'a')
    assert.throws(() => begin(server, 1, 499, 'a'), isRefused)
    begin(server, 1, 500, 'a')
  },
  maxComputing() {
    const server = exchanges({ maxComputing: 2 }, true)
    const begun = [1, 2, 3].map((connection) => begin(server, connection))
    assert.ok(begun[0]?.goOn().compute && begun[1]?.goOn().compute)
    assert.throws(() => begun[2]?.goOn(), isRefused)
  },
  exchangeLifeMs() {
    const server = exchanges({ exchangeLifeMs: 1_000 })
    assert.ok(begin(server).goOn(999).send)
    assert.throws(() => begin(server).goOn(1_000), isOver)
  },
  maxDhRetries() {
    const server = exchanges({ maxDhRetries: 1 })
    let { step, goOn } = begin(server)
    const names: string[] = []
    for (let send = goOn().send; send; ) {
      const next = onExchangeMessage(step.state, decodeService(send), CLIENT)
      assert.ok('send' in next)
      step = next
      const { keep } = server.onMessage({ connection: 1 }, step.send, 0)
      send = keep && server.onKept(keep.exchange, false)?.send
      names.push(decodeService(send ?? zeros(0))._)
      if (names.at(-1) === 'dh_gen_fail') break
    }
    assert.deepEqual(names, ['dh_gen_retry', 'dh_gen_fail'])
  },
  maxConnectionFaults() {
    const world = inSession({ maxConnectionFaults: 2 })
    const wrong = encodePlain(4n, encodedPing())
    world.sendPacket(wrong)
    assert.deepEqual(world.closed(), [])
    world.sendPacket(wrong)
    assert.equal(world.closed().length, 1)
  },
  strangerLifeMs() {
    const world = new World({ strangerLifeMs: 2_000 })
    world.open(1)
    world.later(1)
    assert.deepEqual(world.closed(), [])
    world.later(1)
    assert.deepEqual(world.closed(), ['CONNECTION_IDLE'])
  },
  firstFrameMs() {
    const world = new World({ firstFrameMs: 2_000 })
    world.open(1)
    world.step({ kind: 'bytes', connection: 1, chunk: Uint8Array.of(0xee) })
    world.later(1)
    assert.deepEqual(world.closed(), [])
    world.later(1)
    assert.deepEqual(world.closed(), ['CONNECTION_IDLE'])
  },
  maxWaitingBytes() {
    for (const [length, isClosed] of [
      [3000, false],
      [5000, true],
    ] as const) {
      const world = new World({ maxWaitingBytes: 4000 })
      world.open(1)
      // Nobody answers whose key it is.
      const packet = new Uint8Array(length).fill(1)
      const chunk = new Uint8Array(8 + length)
      chunk.fill(0xee, 0, 4)
      new DataView(chunk.buffer).setUint32(4, length, true)
      chunk.set(packet, 8)
      const outputs = world.machine.step({ kind: 'bytes', connection: 1, chunk }, world.nowMs)
      assert.equal(
        outputs.some(({ kind }) => kind === 'close'),
        isClosed,
      )
    }
  },
  maxSessions() {
    const world = inSession({ maxSessions: 2 })
    world.service(ping, { sessionId: 2n })
    assert.equal(world.machine.tableSizes['sessions'], 2)
    world.service(ping, { sessionId: 3n })
    assert.equal(world.machine.tableSizes['sessions'], 2)
  },
  maxKeySessions() {
    const world = inSession({ maxKeySessions: 2 })
    world.service(ping, { sessionId: 2n })
    assert.equal(world.machine.tableSizes['sessions'], 2)
    world.service(ping, { sessionId: 3n })
    assert.equal(world.machine.tableSizes['sessions'], 2)
  },
  maxForgotten() {
    for (const [count, isRenewed] of [
      [2, false],
      [3, true],
    ] as const) {
      // A key and its sessions count.
      const world = inSession({ maxForgotten: 3 })
      for (let i = 0; i < count; i++) {
        const sessionId = BigInt(10 + i)
        world.service(ping, { sessionId })
        world.service({ _: 'destroy_session', sessionId })
      }
      world.seen()
      world.service(ping)
      assert.equal(world.names().includes('bad_server_salt'), isRenewed)
    }
  },
  maxRunningRequests() {
    const world = inSession({ maxRunningRequests: 2 })
    sendMany(world, 2, () => request(1))
    assert.deepEqual(world.closed(), [])
    world.send(request(1))
    assert.equal(world.closed().length, 1)
  },
  maxUnackedMessages() {
    const world = inSession({ maxUnackedMessages: 2 })
    for (let i = 0; i < 9; i++) answered(world, request(2))
    assert.equal(world.machine.tableSizes['held'], 2)
  },
  maxUnackedBytes() {
    const world = inSession({ maxUnackedBytes: 2_500 })
    for (let i = 0; i < 9; i++) answered(world, noise(1_000))
    assert.equal(world.machine.tableSizes['held'], 2)
  },
  maxQueuedPushes() {
    const world = inSession({ maxQueuedPushes: 2 })
    const push = (length: number) => {
      const before = world.sentBytes
      const instead = new Uint8Array(4)
      world.step({ kind: 'push', session: SESSION, body: new Uint8Array(length).fill(7), instead })
      return [world.machine.tableSizes['held'], world.sentBytes - before > 400]
    }
    const [before = 0] = [world.machine.tableSizes['held']]
    assert.deepEqual(
      [push(400), push(400)],
      [
        [before + 1, true],
        [before + 2, true],
      ],
    )
    assert.deepEqual(push(400), [before + 1, false], 'the short one replaces all three')
    assert.deepEqual(push(400), [before + 2, true])
  },
  maxHeldBytes() {
    const world = inSession({ maxHeldBytes: 20_000 })
    for (let i = 0; i < 9; i++) answered(world, noise(3_000))
    assert.ok((world.machine.tableSizes['held'] ?? 9) <= 6)
  },
  maxServiceBytes() {
    const world = inSession({ maxServiceBytes: 12 + 8 * 8 })
    world.service({ _: 'msgs_ack', msgIds: Array(8).fill(1n) })
    assert.deepEqual(world.closed(), [])
    world.service({ _: 'msgs_ack', msgIds: Array(9).fill(1n) })
    assert.equal(world.closed().length, 1)
    assert.deepEqual(world.names(), ['-429'])
  },
  maxServiceMessages() {
    for (const [count, isClosed] of [
      [3, false],
      [4, true],
    ] as const) {
      const world = inSession({ maxServiceMessages: 3 })
      sendMany(world, count, encodedPing)
      assert.equal(world.closed().length === 1, isClosed)
    }
  },
  maxContainerMessages() {
    for (const [count, frames] of [
      [3, 1],
      [4, 2],
    ] as const) {
      const world = inSession({ maxContainerMessages: 3 })
      world.frames()
      sendMany(world, count, encodedPing)
      assert.equal(world.frames(), frames)
    }
  },
  maxContainerBytes() {
    for (const [maxContainerBytes, frames] of [
      [3 * (16 + 20), 1],
      [3 * (16 + 20) - 1, 2],
    ] as const) {
      const world = inSession({ maxContainerBytes })
      world.frames()
      sendMany(world, 3, encodedPing)
      assert.equal(world.frames(), frames)
    }
  },
  receivedIds() {
    const world = inSession({ receivedIds: 4 })
    const first = world.send(request(1))
    for (let i = 0; i < 8; i++) world.send(request(1))
    world.seen()
    world.send(request(1), { msgId: first })
    const bad = world.seen()[0]?.service
    assert.ok(bad?._ === 'bad_msg_notification' && bad.errorCode === 20)
  },
  ackDelayMs() {
    const world = inSession({ ackDelayMs: 2_000 })
    world.send(request(1))
    world.later(1)
    assert.deepEqual(world.names(), [])
    world.later(1)
    assert.deepEqual(world.names(), ['msgs_ack'])
  },
  gzipMinBytes() {
    assert.deepEqual([packs({ gzipMinBytes: 600 }, 600), packs({ gzipMinBytes: 600 }, 604)], [false, true])
  },
  gzipMaxBytes() {
    const limits = { gzipMinBytes: 256, gzipMaxBytes: 2000 }
    assert.deepEqual([packs(limits, 2000), packs(limits, 2004)], [true, false])
  },
  offerAfterMs() {
    const world = inSession({ offerAfterMs: 5_000 })
    world.step({ kind: 'push', session: SESSION, body: request(3) })
    world.seen()
    world.later(4)
    assert.deepEqual(world.names(), [])
    world.later(1)
    assert.ok(world.names().includes('msg_new_detailed_info'))
  },
  maxRepeatBytes() {
    for (const [length, name] of [
      [1000, 'rpc_result'],
      [1004, 'msg_detailed_info'],
    ] as const) {
      // An rpc_result has twelve bytes before the result.
      const world = inSession({ maxRepeatBytes: 1012 })
      const msgId = answered(world, noise(length))
      world.seen()
      world.send(request(1), { msgId })
      assert.deepEqual(world.names(), [name])
    }
  },
  maxDisconnectDelayS() {
    const world = inSession({ maxDisconnectDelayS: 3 })
    world.service({ _: 'ping_delay_disconnect', pingId: 1n, disconnectDelay: 1000 })
    world.later(2)
    assert.deepEqual(world.closed(), [])
    world.later(1)
    assert.deepEqual(world.closed(), ['PING_MISSING'])
  },
  sessionLifeMs() {
    const world = inSession({ sessionLifeMs: 4_000 })
    world.step({ kind: 'closed', connection: 1 })
    world.later(3)
    assert.equal(world.machine.tableSizes['sessions'], 1)
    world.later(1)
    assert.equal(world.machine.tableSizes['sessions'], 0)
  },
}

/** Whether an answer of this size leaves gzipped. */
function packs(limits: Partial<ServerLimits>, bytes: number): boolean {
  const world = inSession(limits)
  const before = world.sentBytes
  answered(world, zeros(bytes))
  assert.equal(isPacked(pack(zeros(bytes))), true)
  return world.sentBytes - before < bytes
}

for (const [name, run] of Object.entries(ROWS)) test(`a server keeps to the limit ${name} exactly`, run)

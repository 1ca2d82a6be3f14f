import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeAuthKey } from '../crypto/index.ts'
import { decodeContainer } from '../envelope/index.ts'
import { TransportError } from '../errors.ts'
import { makeBareFraming } from '../framing/bare.ts'
import { makeServerFraming } from '../framing/index.ts'
import { CLIENT_LIMITS, SERVER_LIMITS, type ServerLimits } from '../options.ts'
import { decodeService } from '../service.ts'
import { ClientSalts, HttpHold, Numbering, QuickAcks, WaitingPackets } from './index.ts'
import { Outbox, type Outgoing } from './outbox.ts'
import { Restarts } from './restarts.ts'
import { ServerOutbox } from './server-outbox.ts'

test('quick acknowledgements are awaited for the last 256 packets, each once', () => {
  const acks = new QuickAcks()
  for (let token = 0; token < 257; token++) acks.await(token, [token])
  assert.deepEqual(acks.take(0), [], 'the oldest is forgotten')
  assert.deepEqual(acks.take(1), [1])
  assert.deepEqual(acks.take(1), [])
  assert.deepEqual(acks.take(256), [256])
})

const packet = (connection: number, length: number) => ({
  connection,
  packet: new Uint8Array(length),
  wantsQuickAck: false,
})

test('packets that wait for a key are dropped with their connection, and only those', () => {
  const waiting = new WaitingPackets(1000)
  assert.equal(waiting.add(1n, packet(1, 100)), true)
  assert.equal(waiting.add(1n, packet(2, 100)), false, 'the key is being looked up')
  waiting.add(2n, packet(1, 100))
  waiting.drop(1)
  assert.deepEqual(
    waiting.take(1n).map(({ connection }) => connection),
    [2],
  )
  assert.deepEqual(waiting.take(2n), [])
  assert.equal(waiting.size, 0)
})

test('waiting bytes are limited for each connection, and processed packets free their room', () => {
  const waiting = new WaitingPackets(1000)
  waiting.add(1n, packet(1, 600))
  assert.throws(() => waiting.add(2n, packet(1, 401)), TransportError)
  const other = new WaitingPackets(1000)
  other.add(1n, packet(1, 600))
  other.add(1n, packet(2, 1000))
  other.take(1n)
  other.add(1n, packet(1, 1000))
  assert.throws(() => other.add(1n, packet(1, 1)), TransportError)
})

const NOW_MS = 1_750_000_000_000

function times(count: number, act: (i: number) => void): void {
  for (let i = 0; i < count; i++) act(i)
}

/** A client's outbox; `flush` sends what is in it. */
function outbox() {
  const random = (length: number) => new Uint8Array(length).fill(5)
  const all = new Outbox({ random, limits: CLIENT_LIMITS, authKey: makeAuthKey(new Uint8Array(256).fill(4)) })
  return { all, flush: (nowMs: number = NOW_MS) => all.flush(1n, nowMs, nowMs) }
}

function serverOutbox(limits: Partial<ServerLimits>): ServerOutbox {
  return new ServerOutbox(
    { ...SERVER_LIMITS, ...limits },
    new Numbering({ value: undefined }),
    { bytes: 0 },
    () => undefined,
  )
}

const salt = (n: number) => ({ salt: BigInt(n), validSinceS: n, validUntilS: n + 3600 })

/** The bounds of a session: those that no option changes, and to the byte those that the machines' tests only come near. */
const BOUNDS: { readonly [name: string]: () => void } = {
  '16 keys of one connection are looked up at a time'() {
    const waiting = new WaitingPackets(1_000_000)
    times(16, (i) => waiting.add(BigInt(i), packet(1, 1)))
    waiting.add(0n, packet(1, 1))
    assert.throws(() => waiting.add(16n, packet(1, 1)), TransportError)
    waiting.add(16n, packet(2, 1))
  },
  'a client keeps 64 salts'() {
    const salts = new ClientSalts(Array.from({ length: 65 }, (_, i) => salt(i)))
    assert.deepEqual([salts.all.length, salts.all[0]?.salt], [64, 1n])
    const asked = new ClientSalts([])
    asked.onFutureSalts(
      Array.from({ length: 65 }, (_, i) => salt(i)),
      0,
    )
    assert.deepEqual([asked.all.length, asked.all.at(-1)?.salt], [64, 63n])
  },
  'a session is begun anew 5 times in a row'() {
    const restarts = new Restarts()
    times(5, () => restarts.begin())
    assert.throws(() => restarts.begin(), { code: 'SESSION_REJECTED' })
    restarts.onAnswer()
    times(5, () => restarts.begin())
  },
  'a server says 16 times in a row that it has made the session'() {
    const restarts = new Restarts()
    times(16, () => restarts.onCreated())
    assert.throws(() => restarts.onCreated(), { code: 'SESSION_REJECTED' })
    restarts.onReopened()
    times(16, () => restarts.onCreated())
  },
  '16 sessions that were given up wait to be destroyed'() {
    const restarts = new Restarts()
    times(17, (i) => restarts.abandon(BigInt(i)))
    assert.deepEqual([...restarts.abandoned].length, 16)
    restarts.onDestroyed(3n)
    restarts.abandon(17n)
    assert.deepEqual([...restarts.abandoned].at(-1), 17n)
  },
  'a request over HTTP is held for a minute'() {
    const hold = new HttpHold(NOW_MS)
    hold.setWait({ maxDelay: 0, waitAfter: 0, maxWait: 60_000 })
    assert.equal(hold.dueAtMs(0, NOW_MS), NOW_MS + 60_000)
    hold.setWait({ maxDelay: 0, waitAfter: 0, maxWait: 60_001 })
    assert.equal(hold.dueAtMs(0, NOW_MS), NOW_MS + 60_000)
    hold.setWait({ maxDelay: 0, waitAfter: 0, maxWait: -1 })
    assert.equal(hold.dueAtMs(0, NOW_MS), NOW_MS)
  },
  'a client may be told of the rejection of its last 256 packets'() {
    const { all, flush } = outbox()
    const sent: Outgoing[] = []
    times(257, () => {
      sent.push(all.service({ _: 'ping', pingId: 1n }))
      flush()
    })
    const [first, second] = sent.map((one) => one.message?.msgId ?? 0n)
    assert.equal(all.takeRejected(first ?? 0n), undefined)
    assert.deepEqual(all.takeRejected(second ?? 0n), [sent[1]])
  },
  'a client acknowledges 8192 messages at a time'() {
    const { all, flush } = outbox()
    times(8193, (i) => all.acknowledge(BigInt(i), NOW_MS))
    const lengths = [flush(), flush(NOW_MS + CLIENT_LIMITS.ackDelayMs)].map(
      ([packet]) => packet?.bytes.length ?? 0,
    )
    const [many = 0, one = 0] = lengths
    assert.ok(many > 8192 * 8 && one > 0 && one < 2_000, String(lengths))
    assert.equal(all.acksDueMs, undefined)
  },
  'a client asks about 8192 calls at a time'() {
    const { all, flush } = outbox()
    times(8193, (callId) => all.request({ kind: 'call', callId }, () => new Uint8Array(4)))
    flush()
    const lateMs = NOW_MS + CLIENT_LIMITS.askAfterMs
    assert.equal(all.takeLate(lateMs - 1).length, 0)
    assert.equal(all.takeLate(lateMs).length, 8192)
    assert.equal(all.takeLate(lateMs).length, 1)
  },
  'a session of a server keeps maxUnackedBytes unacknowledged'() {
    const all = serverOutbox({ maxUnackedBytes: 1_000 })
    times(2, () => all.announce(new Uint8Array(500)))
    assert.equal(all.held, 2)
    all.announce(new Uint8Array(4))
    assert.equal(all.held, 2)
  },
  'pushes beyond maxUnackedBytes are replaced by the one that says so'() {
    const all = serverOutbox({ maxUnackedBytes: 1_000 })
    const instead = new Uint8Array(4)
    times(2, () => all.push(new Uint8Array(500), instead))
    assert.equal(all.held, 2)
    all.push(new Uint8Array(500), instead)
    assert.equal(all.held, 1)
    const [packet] = all.flush(NOW_MS)
    assert.equal(packet?.body.length, 4)
  },
  'pushes that a crowded server has let go are told of on the next connection'() {
    const all = serverOutbox({ maxHeldBytes: 2 * (5_000 + 256) })
    const instead = new Uint8Array(4)
    times(2, () => all.push(new Uint8Array(5_000), instead))
    all.flush(NOW_MS)
    all.push(new Uint8Array(8), instead)
    all.flush(NOW_MS)
    all.reopen()
    assert.equal(all.held, 1)
    const lengths = all.flush(NOW_MS).map(({ body }) => body.length)
    assert.deepEqual(lengths, [4])
  },
  'all sessions of a server keep maxHeldBytes of what was sent'() {
    // Each message counts as 256 bytes more than it has.
    const all = serverOutbox({ maxHeldBytes: 2 * (5_000 + 256) })
    times(2, () => all.announce(new Uint8Array(5_000)))
    all.flush(NOW_MS)
    assert.equal(all.held, 2)
    all.announce(new Uint8Array(4))
    all.flush(NOW_MS)
    assert.equal(all.held, 1)
  },
  'a server remembers twice receivedIds lost answers'() {
    const all = serverOutbox({ receivedIds: 2 })
    times(5, (i) => all.lose(BigInt(i)))
    const known = [0n, 1n, 4n].map((reqMsgId) => all.takeLost(reqMsgId))
    assert.deepEqual(known, [false, true, true])
  },
  'a frame has maxFrameBytes, its head included'() {
    const random = (length: number) => new Uint8Array(length)
    for (const [frameBytes, kind] of [
      [1024, 'payload'],
      [1028, 'failed'],
    ] as const) {
      const framing = makeServerFraming({ random, maxFrameBytes: 1024 })
      const chunk = new Uint8Array(4 + frameBytes).fill(0xee, 0, 4)
      new DataView(chunk.buffer).setUint32(4, frameBytes - 4, true)
      assert.deepEqual(
        framing.push(chunk).map((frame) => frame.kind),
        [kind],
      )
    }
  },
  'a body over HTTP has maxFrameBytes'() {
    const kinds = [1024, 1025].map((length) => makeBareFraming(1024).push(new Uint8Array(length))[0]?.kind)
    assert.deepEqual(kinds, ['payload', 'failed'])
  },
  'a server offers 256 unacknowledged messages at a time'() {
    const all = serverOutbox({ maxUnackedMessages: 1_000 })
    times(257, () => all.announce(new Uint8Array(4)))
    all.flush(NOW_MS)
    const offered = all
      .flush(NOW_MS + SERVER_LIMITS.offerAfterMs + 1_000)
      .flatMap((one) => decodeContainer(one) ?? [])
    assert.equal(offered.length, 256)
    assert.equal(decodeService(offered[0]?.body ?? new Uint8Array())._, 'msg_new_detailed_info')
  },
}

for (const [name, check] of Object.entries(BOUNDS)) test(`${name}, and no more`, check)

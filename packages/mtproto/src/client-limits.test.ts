import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeContainer, encodePlain, encodeRpcResult, isPacked, pack } from './envelope/index.ts'
import { makeServerFraming } from './framing/index.ts'
import { CLIENT_LIMITS, type ClientLimits, createClientMachine, UsageError } from './index.ts'
import { call, PREFIX, random, World, withCall } from './properties/client-world.ts'
import { encodeService } from './service.ts'
import { SERVER_KEYS } from './testing/rsa-key.ts'

/** The reason why the machine wanted another connection, or failed. */
function reasons(world: World): (string | number)[] {
  return world.outputs.flatMap((output) => {
    if (output.kind === 'reconnect') return output.reason.code
    return output.kind === 'failed' ? output.error.code : []
  })
}

/** A client that is making its first key. */
function stranger(limits: Partial<ClientLimits>) {
  const setup = { random, serverKeys: SERVER_KEYS, dcId: 2, initPrefix: PREFIX, limits }
  const machine = createClientMachine(setup)
  const framing = makeServerFraming({ random })
  const events: (string | number)[] = []
  let nowMs = 0
  const step = (input: Parameters<typeof machine.step>[0]) => {
    for (const output of machine.step(input, nowMs)) {
      if (output.kind === 'reconnect') events.push(output.reason.code)
      else if (output.kind === 'failed') events.push(`failed ${output.error.code}`)
      else if (output.kind === 'send') framing.push(output.chunk)
    }
  }
  step({ kind: 'opened' })
  return {
    events,
    say: (body: Uint8Array) => step({ kind: 'bytes', chunk: framing.encodeFrame(encodePlain(1n, body)) }),
    reopen() {
      step({ kind: 'closed' })
      step({ kind: 'opened' })
    },
    after(ms: number) {
      nowMs += ms
      step({ kind: 'wake' })
    },
  }
}

const noise = (length: number) => random(length)
const zeros = (length: number) => new Uint8Array(length)
/** An update that the client must acknowledge. */
const update = (fill: number) => new Uint8Array(12).fill(fill)

/** Each limit, at its value and one over. The compiler ensures that none is missing. */
const ROWS: { readonly [L in keyof ClientLimits]: () => void } = {
  maxFrameBytes() {
    const world = new World({ maxFrameBytes: 1024 })
    world.send(noise(600))
    assert.deepEqual(reasons(world), [])
    world.send(noise(1024))
    assert.deepEqual(reasons(world), ['FRAME_TOO_LARGE'])
  },
  maxPlainBytes() {
    const ack = (ids: number) => encodeService({ _: 'msgs_ack', msgIds: Array(ids).fill(1n) })
    for (const [ids, code] of [
      [11, 'EXCHANGE_UNEXPECTED'],
      [12, 'PLAIN_MESSAGE_INVALID'],
    ] as const) {
      const client = stranger({ maxPlainBytes: 12 + 11 * 8 })
      client.say(ack(ids))
      assert.deepEqual(client.events, [code])
    }
  },
  maxServiceBytes() {
    const world = new World({ maxServiceBytes: 12 + 8 * 8 })
    world.service({ _: 'msgs_ack', msgIds: Array(8).fill(4n) })
    assert.deepEqual(reasons(world), [])
    world.service({ _: 'msgs_ack', msgIds: Array(9).fill(4n) })
    assert.deepEqual(reasons(world), ['SERVICE_TOO_LONG'])
  },
  maxUnpackedBytes() {
    const { world, sent } = withCall(1, { maxUnpackedBytes: 4096 })
    world.send(encodeRpcResult(sent.msgId, pack(zeros(4096))))
    assert.deepEqual(world.kinds(), ['ready', 'result'])
    world.send(pack(zeros(4100)))
    assert.deepEqual(reasons(world), ['GZIP_TOO_LARGE'])
  },
  maxStepUnpackedBytes() {
    const world = new World({ maxUnpackedBytes: 4096, maxStepUnpackedBytes: 3 * 4096 })
    const burst = (count: number) => {
      const bodies = Array.from({ length: count }, () => pack(zeros(4096)))
      const msgIds = bodies.map((_, i) => (BigInt(world.nowMs / 1000) << 32n) + BigInt(i * 4 + 1))
      world.nowMs += 1000
      const messages = bodies.map((body, i) => ({ msgId: msgIds[i] ?? 0n, seqNo: 0, body }))
      world.send(encodeContainer(messages), { seqNo: 100 })
    }
    burst(3)
    assert.deepEqual(reasons(world), [], 'each step has a budget of its own')
    burst(3)
    assert.deepEqual(reasons(world), [])
    burst(4)
    assert.deepEqual(reasons(world), ['GZIP_TOO_LARGE'])
  },
  maxPendingCalls() {
    const world = new World({ maxPendingCalls: 2 })
    for (const callId of [1, 2]) world.step({ kind: 'call', callId, body: call(callId) })
    const isRefused = (error: unknown) => error instanceof UsageError && error.code === 'TOO_MANY_CALLS'
    assert.throws(() => world.step({ kind: 'call', callId: 3, body: call(3) }), isRefused)
  },
  maxContainerMessages() {
    // A ping leaves with the calls.
    assert.equal(containersOf({ maxContainerMessages: 3 }, 2, 8), 1)
    assert.equal(containersOf({ maxContainerMessages: 3 }, 3, 8), 2)
  },
  maxContainerBytes() {
    const bytes = 3 * (16 + 4 + 400) + 16 + 16
    assert.equal(containersOf({ maxContainerBytes: bytes, gzipMinBytes: 1e6 }, 3, 400), 1)
    assert.equal(containersOf({ maxContainerBytes: bytes - 1, gzipMinBytes: 1e6 }, 3, 400), 2)
  },
  maxWantedMessages() {
    const world = new World({ maxWantedMessages: 3 })
    world.services()
    const offer = (answerMsgId: bigint) =>
      world.service({ _: 'msg_new_detailed_info', answerMsgId, bytes: 1, status: 0 })
    const asked = () => {
      const services = world.services()
      return services.flatMap((one) => (one._ === 'msg_resend_req' ? one.msgIds : []))
    }
    const base = (BigInt(Math.floor(world.nowMs / 1000)) << 32n) + 1_000_000n
    const [a, b, c, d, e] = [base + 1n, base + 5n, base + 9n, base + 13n, base + 17n] as const
    for (const id of [a, b, c, d, b]) offer(id)
    assert.deepEqual(asked(), [a, b, c], 'each once, and no more than three')
    world.send(update(1), { msgId: b })
    offer(e)
    assert.deepEqual(asked(), [e], 'an arrived message makes room')
    world.nowMs += 10_000
    offer(c)
    assert.deepEqual(asked(), [c], 'a message offered again later is requested again')
    for (let i = 25n; i < 10_000n; i += 4n) offer(base + i)
    assert.deepEqual(asked(), [])
  },
  maxResends() {
    const { world, sent } = withCall(1, { maxResends: 3 })
    let { msgId } = sent
    const sendsAgain = () => {
      world.service({ _: 'msgs_all_info', msgIds: [msgId], info: Uint8Array.of(1) })
      const [again] = world.calls()
      msgId = again?.msgId ?? 0n
      return again !== undefined
    }
    assert.deepEqual([sendsAgain(), sendsAgain(), sendsAgain()], [true, true, true])
    assert.deepEqual(reasons(world), [])
    sendsAgain()
    assert.deepEqual(reasons(world), ['SESSION_REJECTED'])
    world.reconnect()
    assert.equal(world.calls().length, 1, 'the call is not lost')
  },
  receivedIds() {
    const world = new World({ receivedIds: 4 })
    const first = world.send(update(1))
    for (let fill = 2; fill <= 9; fill++) world.send(update(fill))
    assert.equal(world.kinds().filter((kind) => kind === 'update').length, 9)
    world.send(update(1), { msgId: first })
    assert.deepEqual(world.kinds(), [], 'forgotten, and yet not taken again')
  },
  gzipMinBytes() {
    assert.deepEqual([packs({ gzipMinBytes: 600 }, 596), packs({ gzipMinBytes: 600 }, 600)], [false, true])
  },
  gzipMaxBytes() {
    assert.deepEqual(
      [packs({ gzipMaxBytes: 2000 }, 2000), packs({ gzipMaxBytes: 2000 }, 2004)],
      [true, false],
    )
  },
  ackDelayMs() {
    const world = new World({ ackDelayMs: 700 })
    world.services()
    const msgId = world.send(update(1))
    world.later(699)
    assert.deepEqual(world.services(), [])
    world.later(1)
    assert.deepEqual(world.services(), [{ _: 'msgs_ack', msgIds: [msgId] }])
  },
  ackCount() {
    const world = new World({ ackCount: 3 })
    world.services()
    const ids = [world.send(update(1)), world.send(update(2))]
    assert.deepEqual(world.services(), [])
    ids.push(world.send(update(3)))
    assert.deepEqual(world.services(), [{ _: 'msgs_ack', msgIds: ids }])
  },
  pingIntervalMs() {
    const world = new World({ pingIntervalMs: 5_000, pongTimeoutMs: 60_000 })
    world.services()
    world.later(4_999)
    assert.deepEqual(world.services(), [])
    world.later(1)
    assert.deepEqual(
      world.services().map(({ _ }) => _),
      ['ping_delay_disconnect'],
    )
  },
  pongTimeoutMs() {
    const world = new World({ pongTimeoutMs: 3_000 })
    world.later(2_999)
    assert.deepEqual(reasons(world), [])
    world.later(1)
    assert.deepEqual(reasons(world), ['PONG_TIMEOUT'])
  },
  probeTimeoutMs() {
    const world = new World({ pongTimeoutMs: 60_000, probeTimeoutMs: 2_000 })
    world.later(1_000)
    world.services()
    world.step({ kind: 'probe' })
    assert.deepEqual(
      world.services().map(({ _ }) => _),
      ['ping_delay_disconnect'],
    )
    world.later(1_999)
    assert.deepEqual(reasons(world), [])
    world.later(1)
    assert.deepEqual(reasons(world), ['PONG_TIMEOUT'])
  },
  disconnectDelayS() {
    const [ping] = new World({ disconnectDelayS: 7 }).services()
    assert.ok(ping?._ === 'ping_delay_disconnect' && ping.disconnectDelay === 7)
  },
  askAfterMs() {
    const { world, sent } = withCall(1, { askAfterMs: 2_000 })
    world.later(1_999)
    assert.deepEqual(world.services(), [])
    world.later(1)
    assert.deepEqual(world.services(), [{ _: 'msgs_state_req', msgIds: [sent.msgId] }])
  },
  futureSalts() {
    const asked = new World({ futureSalts: 9 }).services().find(({ _ }) => _ === 'get_future_salts')
    assert.ok(asked?._ === 'get_future_salts' && asked.num === 9)
  },
  futureSaltsMin() {
    for (const [ahead, asks] of [
      [2, false],
      [1, true],
    ] as const) {
      const world = new World({ futureSalts: 9, futureSaltsMin: 2 })
      const request = world.sent.find(({ body }) => body[0] === 0x04 && body[3] === 0xb9)
      const validSince = Math.floor(world.nowMs / 1000) + 600
      const salts = Array.from({ length: ahead }, (_, i) => ({
        _: 'future_salt' as const,
        validSince: validSince + i,
        validUntil: validSince + 9999,
        salt: BigInt(i + 1),
      }))
      world.services()
      const reqMsgId = request?.msgId ?? 0n
      world.service({ _: 'future_salts', reqMsgId, now: validSince - 600, salts })
      world.later(61_000)
      const isAsking = world.services().some(({ _ }) => _ === 'get_future_salts')
      assert.equal(isAsking, asks, `${ahead} salts ahead`)
    }
  },
  exchangeTimeoutMs() {
    const client = stranger({ exchangeTimeoutMs: 4_000 })
    client.after(3_999)
    assert.deepEqual(client.events, [])
    client.after(1)
    assert.deepEqual(client.events, ['EXCHANGE_TIMEOUT'])
  },
  maxExchangeFailures() {
    const client = stranger({ maxExchangeFailures: 2 })
    client.say(encodeService({ _: 'msgs_ack', msgIds: [] }))
    client.reopen()
    client.say(encodeService({ _: 'msgs_ack', msgIds: [] }))
    assert.deepEqual(client.events, ['EXCHANGE_UNEXPECTED', 'failed EXCHANGE_UNEXPECTED'])
  },
  maxInitRetries() {
    const { world, sent } = withCall(1, { maxInitRetries: 1 })
    world.error(sent.msgId, 400, 'CONNECTION_NOT_INITED')
    const [again] = world.calls()
    assert.ok(again)
    world.error(again.msgId, 400, 'CONNECTION_NOT_INITED')
    assert.deepEqual(world.calls(), [])
    assert.equal(world.outputs.at(-1)?.kind, 'refused')
  },
  renewAtShare() {
    assert.ok(CLIENT_LIMITS.renewAtShare > 0 && CLIENT_LIMITS.renewAtShare < 1)
  },
}

/** The number of containers in which this many calls of this size leave at once. */
function containersOf(limits: Partial<ClientLimits>, calls: number, bytes: number): number {
  const world = new World(limits)
  world.step({ kind: 'closed' })
  for (let callId = 1; callId <= calls; callId++) world.step({ kind: 'call', callId, body: noise(bytes) })
  world.sent.length = 0
  world.open()
  const carrying = world.sent.filter(({ body }) => body.length >= bytes)
  return new Set(carrying.map(({ outerId }) => outerId)).size
}

/** Whether a call of this size, initConnection included, leaves gzipped. */
function packs(limits: Partial<ClientLimits>, bytes: number): boolean {
  const world = new World(limits)
  world.sent.length = 0
  world.step({ kind: 'call', callId: 1, body: zeros(bytes - PREFIX.length) })
  return world.sent.some(({ body }) => isPacked(body))
}

for (const [name, run] of Object.entries(ROWS)) test(`a client keeps to the limit ${name} exactly`, run)

test('a flood of server messages leaves nothing behind in a client', () => {
  const world = new World({ futureSalts: 8 })
  const nowS = Math.floor(world.nowMs / 1000)
  const salt = { _: 'future_salt', validSince: nowS, validUntil: nowS + 3600, salt: 1n } as const
  world.sent.length = 0
  for (let i = 0; i < 2_000; i++) {
    const id = BigInt(i) * 4n + 1n
    world.service({ _: 'pong', msgId: id, pingId: id })
    world.service({ _: 'msgs_ack', msgIds: [id] })
    world.service({ _: 'msg_detailed_info', msgId: id, answerMsgId: id, bytes: 1, status: 0 })
    world.service({ _: 'future_salts', reqMsgId: id, now: nowS, salts: [salt] })
    world.service({ _: 'msgs_state_info', reqMsgId: id, info: Uint8Array.of(4) })
    world.service({ _: 'bad_server_salt', badMsgId: id, badMsgSeqno: 0, errorCode: 48, newServerSalt: id })
    world.service({ _: 'destroy_session_ok', sessionId: id })
  }
  assert.deepEqual(world.kinds(), ['ready'], 'nothing is stored or reported')
  const answers = world.sent.filter(({ body }) => body.length > 0)
  assert.ok(answers.length <= 2_000 / 8, `${answers.length} answers`)
  assert.deepEqual(world.machine.tableSizes, { calls: 0, sessions: 1, requests: 0 })
})

test('a client drops a server that creates the session again and again', () => {
  const world = new World()
  for (let i = 1n; i <= 16n; i++) {
    world.service({ _: 'new_session_created', firstMsgId: 0n, uniqueId: i, serverSalt: i })
  }
  assert.deepEqual(reasons(world), [])
  world.service({ _: 'new_session_created', firstMsgId: 0n, uniqueId: 17n, serverSalt: 1n })
  assert.deepEqual(reasons(world), ['SESSION_REJECTED'])
})

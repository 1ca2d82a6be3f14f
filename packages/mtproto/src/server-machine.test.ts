import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { deflateSync, gzipSync } from 'node:zlib'
import { importRsaPrivateKey, makeAuthKey } from './crypto/index.ts'
import {
  decodeContainer,
  decryptMessage,
  encodeContainer,
  encodePlain,
  encryptMessage,
  type InnerMessage,
  isContainer,
  pack,
  readAuthKeyId,
  unpackBody,
} from './envelope/index.ts'
import { type Framing, makeClientFraming } from './framing/index.ts'
import {
  createServerMachine,
  type Machine,
  type ServerInput,
  type ServerKey,
  type ServerLimits,
  type ServerOutput,
} from './index.ts'
import { decodeService, encodeService, isService, type ServiceMessage } from './service.ts'

const { rsa_key: rsa } = JSON.parse(
  readFileSync(new URL('../../../test/vectors/auth-key.json', import.meta.url), 'utf8'),
)
const PRIVATE_KEY = importRsaPrivateKey(rsa.private_pem_pkcs1)
const START_S = 1_750_000_000
const KEY: ServerKey = {
  authKey: makeAuthKey(new Uint8Array(256).map((_, i) => (i * 31 + 1) & 0xff)),
  expiresAtS: undefined,
  firstSalt: 5n,
  createdAtS: START_S,
}
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
const request = (first: number) => new Uint8Array(8).fill(first)

/** A message received: what it is, or its body where it is none of MTProto's. */
type Seen = {
  msgId: bigint
  seqNo: number
  service?: ServiceMessage
  rpc?: { reqMsgId: bigint; result: Uint8Array }
}

/** A server machine, and a peer on it that says what the test wants, in whatever order and under whatever ids. */
class World {
  nowMs = START_S * 1000
  readonly machine: Machine<ServerInput, ServerOutput>
  readonly keys = new Map([[KEY.authKey.id, KEY]])
  /** What the machine has put out besides bytes. */
  readonly outputs: ServerOutput[] = []
  readonly #sent = new Map<number, Framing>()
  readonly #received = new Map<number, Seen[]>()
  /** Where each frame has come. */
  readonly #chunks: number[] = []
  #order = 0n

  constructor(limits: Partial<ServerLimits> = {}) {
    const saltSecret = new Uint8Array(32).fill(9)
    this.machine = createServerMachine({ random, rsaKeys: [PRIVATE_KEY], saltSecret, limits })
  }

  step(input: ServerInput): void {
    for (const output of this.machine.step(input, this.nowMs)) {
      if (output.kind === 'send') this.#chunks.push(output.connection)
      if (output.kind === 'send') this.#receive(output.connection, output.chunk)
      else this.outputs.push(output)
      if (output.kind !== 'needKey') continue
      this.step({ kind: 'key', authKeyId: output.authKeyId, key: this.keys.get(output.authKeyId) })
    }
  }

  open(connection: number): void {
    this.#sent.set(connection, makeClientFraming('intermediate', { random }))
    this.#received.set(connection, [])
    this.step({ kind: 'opened', connection })
  }

  nextId(): bigint {
    this.#order += 4n
    return (BigInt(Math.floor(this.nowMs / 1000)) << 32n) + this.#order
  }

  send(
    body: Uint8Array,
    options: { connection?: number; msgId?: bigint; seqNo?: number; salt?: bigint; sessionId?: bigint } = {},
  ): bigint {
    const { connection = 1, msgId = this.nextId(), seqNo = 1, salt = KEY.firstSalt, sessionId = 1n } = options
    const packet = encryptMessage(KEY.authKey, 'client', { msgId, seqNo, salt, sessionId, body }, random)
    this.sendPacket(packet, connection)
    return msgId
  }

  sendPacket(packet: Uint8Array, connection = 1): void {
    const chunk = this.#sent.get(connection)?.encodeFrame(packet)
    if (chunk) this.step({ kind: 'bytes', connection, chunk })
  }

  service(message: ServiceMessage, options: Parameters<World['send']>[1] = {}): bigint {
    return this.send(encodeService(message), { seqNo: 0, ...options })
  }

  answer(msgId: bigint, body: Uint8Array, sessionId = 1n): void {
    this.step({ kind: 'answer', session: { authKeyId: KEY.authKey.id, sessionId }, msgId, body })
  }

  later(seconds: number): void {
    this.nowMs += seconds * 1000
    this.step({ kind: 'wake' })
  }

  #receive(connection: number, chunk: Uint8Array): void {
    const seen = this.#received.get(connection) ?? []
    for (const frame of makeClientFraming('intermediate', { random }).push(chunk)) {
      if (frame.kind !== 'payload') {
        seen.push({ msgId: 0n, seqNo: frame.kind === 'transportError' ? frame.code : 0 })
        continue
      }
      if (readAuthKeyId(frame.payload) === 0n) continue
      const decrypted = decryptMessage(KEY.authKey, 'client', frame.payload)
      assert.ok(decrypted.ok)
      const { message } = decrypted
      const inner = isContainer(message.body) ? decodeContainer(message) : [message]
      assert.ok(inner)
      seen.push(...inner.map(see))
    }
  }

  /** What has come on a connection since the last look. */
  seen(connection = 1): Seen[] {
    return this.#received.get(connection)?.splice(0) ?? []
  }

  /** How many frames have come since the last look, whatever is in them. */
  frames(connection = 1): number {
    return this.#chunks.splice(0).filter((from) => from === connection).length
  }

  /** The same as `seen`, the names alone. */
  names(connection = 1): string[] {
    this.#chunks.length = 0
    return this.seen(connection).map(
      ({ service, rpc, seqNo }) => service?._ ?? (rpc ? 'rpc_result' : String(seqNo)),
    )
  }

  requests(): bigint[] {
    return this.outputs.flatMap((output) => (output.kind === 'request' ? output.msgId : []))
  }

  closed(): (string | undefined)[] {
    return this.outputs.flatMap((output) => (output.kind === 'close' ? String(output.reason?.code) : []))
  }
}

function see({ msgId, seqNo, body }: InnerMessage): Seen {
  if (isService(body)) return { msgId, seqNo, service: decodeService(body) }
  const view = new DataView(body.buffer, body.byteOffset, body.length)
  if (view.getUint32(0, true) !== 0xf35c6d01) return { msgId, seqNo }
  const result = unpackBody(body.subarray(12), 1e7)
  return { msgId, seqNo, rpc: { reqMsgId: view.getBigInt64(4, true), result } }
}

/** A world with a session, of which what it says at first has been seen. */
function inSession(limits: Partial<ServerLimits> = {}): World {
  const world = new World(limits)
  world.open(1)
  world.service({ _: 'ping', pingId: 1n })
  assert.deepEqual(world.names(), ['new_session_created', 'pong'])
  return world
}

test('a wrong salt is answered bad_server_salt, and nothing of the packet is done', () => {
  const world = new World()
  world.open(1)
  const msgId = world.send(request(1), { salt: 0n })
  const [bad] = world.seen()
  assert.deepEqual(bad?.service, {
    _: 'bad_server_salt',
    badMsgId: msgId,
    badMsgSeqno: 1,
    errorCode: 48,
    newServerSalt: 5n,
  })
  assert.deepEqual(world.requests(), [])
  world.send(request(1))
  assert.equal(world.requests().length, 1)
})

test('the salts promised by get_future_salts are taken when their time comes, on any node', () => {
  const world = inSession()
  const asked = world.service({ _: 'get_future_salts', num: 100 })
  const answer = world.seen()[0]?.service
  assert.ok(answer?._ === 'future_salts')
  assert.equal(answer.reqMsgId, asked)
  assert.equal(answer.salts.length, 64)
  const other = new World()
  other.nowMs += 5 * 3600 * 1000
  other.open(1)
  other.send(request(1), { salt: KEY.firstSalt })
  assert.deepEqual(other.names(), ['bad_server_salt'])
  const now = other.nowMs / 1000
  const valid = answer.salts.filter(({ validSince, validUntil }) => validSince <= now && now < validUntil)
  assert.equal(valid.length, 2)
  for (const { salt } of valid) other.send(request(1), { salt })
  assert.equal(other.requests().length, 2)
})

test('the test clock moves the epochs of salts, and the wire keeps the wall clock', () => {
  const world = inSession()
  world.step({ kind: 'rulesClock', aheadMs: 5 * 3600_000 })
  world.service({ _: 'ping', pingId: 2n })
  const bad = world.seen()[0]?.service
  assert.ok(bad?._ === 'bad_server_salt')
  world.service({ _: 'get_future_salts', num: 1 }, { salt: bad.newServerSalt })
  const answer = world.seen()[0]?.service
  assert.ok(answer?._ === 'future_salts')
  assert.equal(answer.now, START_S)
  const [salt] = answer.salts
  assert.ok(salt && salt.validSince <= START_S && salt.validUntil > START_S)
  assert.equal(salt.salt, bad.newServerSalt)
})

test('a message is run once: a duplicate is acknowledged, and its answer sent again under its own id', () => {
  const world = inSession()
  const msgId = world.send(request(1))
  world.send(request(1), { msgId })
  assert.deepEqual(world.requests(), [msgId])
  const [ack] = world.seen()
  assert.deepEqual(ack?.service, { _: 'msgs_ack', msgIds: [msgId] })
  world.answer(msgId, request(2))
  const [answered] = world.seen()
  world.send(request(1), { msgId })
  const [again] = world.seen()
  assert.deepEqual(again, answered)
  assert.equal(again?.rpc?.reqMsgId, msgId)
  world.service({ _: 'msgs_ack', msgIds: [again?.msgId ?? 0n] })
  world.send(request(1), { msgId })
  assert.deepEqual(world.names(), ['msgs_ack'])
  assert.deepEqual(world.requests(), [msgId])
})

test('of a long answer a duplicate only hears that it exists; msg_resend_req brings it', () => {
  const world = inSession({ maxRepeatBytes: 100 })
  const msgId = world.send(request(1))
  const long = random(1000)
  world.answer(msgId, long)
  const [answered] = world.seen()
  world.send(request(1), { msgId })
  const [info] = world.seen()
  assert.ok(info?.service?._ === 'msg_detailed_info')
  assert.equal(info.service.msgId, msgId)
  assert.equal(info.service.answerMsgId, answered?.msgId)
  world.service({ _: 'msg_resend_req', msgIds: [info.service.answerMsgId] })
  assert.deepEqual(world.seen(), [answered])
})

test('msg_resend_ans_req brings the answers to requests, and states where there are none', () => {
  const world = inSession({ maxRepeatBytes: 100 })
  const msgId = world.send(request(1))
  const running = world.send(request(2))
  world.answer(msgId, random(1000))
  const [answer] = world.seen()
  world.service({ _: 'msg_resend_ans_req', msgIds: [msgId] })
  const again = world.seen()
  assert.deepEqual(
    again.map((message) => message.msgId),
    [answer?.msgId],
  )
  assert.equal(again[0]?.rpc?.reqMsgId, msgId)
  world.service({ _: 'msg_resend_ans_req', msgIds: [msgId, running] })
  assert.deepEqual(world.names(), ['rpc_result', 'msgs_state_info'])
})

test('what is sent again has a packet of its own: a client that finds it too old does not miss what is new', () => {
  const world = inSession()
  for (const body of [request(1), request(2)]) world.answer(world.send(body), body)
  world.seen()
  world.step({ kind: 'closed', connection: 1 })
  world.later(600)
  world.open(2)
  world.frames(2)
  world.service({ _: 'ping', pingId: 1n }, { connection: 2 })
  assert.equal(world.frames(2), 2)
  assert.deepEqual(
    world.seen(2).map(({ service }) => service?._ ?? 'again'),
    ['new_session_created', 'again', 'again', 'pong'],
  )
})

test('an answer that takes long is preceded by an acknowledgement', () => {
  const world = inSession({ ackDelayMs: 500 })
  const msgId = world.send(request(1))
  assert.deepEqual(world.names(), [])
  world.later(1)
  const [ack] = world.seen()
  assert.deepEqual(ack?.service, { _: 'msgs_ack', msgIds: [msgId] })
  world.later(10)
  assert.deepEqual(world.names(), [])
  world.answer(msgId, request(2))
  assert.deepEqual(world.names(), ['rpc_result'])
})

test('what was not acknowledged is sent again on the next connection, and an answer made meanwhile too', () => {
  const world = inSession()
  const first = world.send(request(1))
  const second = world.send(request(2))
  world.answer(first, request(3))
  const before = world.seen()
  world.step({ kind: 'closed', connection: 1 })
  world.answer(second, request(4))
  world.step({
    kind: 'push',
    session: { authKeyId: KEY.authKey.id, sessionId: 1n },
    body: Uint8Array.of(0x7e, 0xaf, 0x17, 0xe3),
  })
  world.open(2)
  world.service({ _: 'ping', pingId: 3n }, { connection: 2 })
  const after = world.seen(2)
  const answers = after.filter(({ rpc }) => rpc)
  assert.deepEqual(
    answers[0],
    before.find(({ rpc }) => rpc),
  )
  assert.equal(answers[1]?.rpc?.reqMsgId, second)
  assert.ok(
    after.some(({ service, rpc, seqNo }) => !service && !rpc && seqNo % 2 === 1),
    'the update',
  )
  assert.ok(after.some(({ service }) => service?._ === 'pong'))
  assert.equal(new Set(after.map(({ msgId }) => msgId)).size, after.length)
})

test('requests are taken gzipped, as gzip and as zlib, and long answers are sent so', () => {
  for (const compress of [gzipSync, deflateSync]) {
    const world = inSession()
    const body = new Uint8Array(2000).fill(7)
    const data = compress(body)
    const head = Uint8Array.of(0xa1, 0xcf, 0x72, 0x30, data.length)
    const packed = new Uint8Array((head.length + data.length + 3) & ~3)
    packed.set(head)
    packed.set(data, head.length)
    const msgId = world.send(packed)
    const output = world.outputs.find(({ kind }) => kind === 'request')
    assert.ok(output?.kind === 'request')
    assert.deepEqual(Buffer.from(output.body), Buffer.from(body))
    world.answer(msgId, body)
    assert.deepEqual(world.seen()[0]?.rpc?.result, body)
  }
})

test('a packet that unpacks to more than allowed is refused with -429, one that unpacks to as much is not', () => {
  const limits = { maxUnpackedBytes: 4096, maxPacketUnpackedBytes: 16_384 }
  for (const [length, isRefused] of [
    [2048, false],
    [4096, true],
    // Stays packed, to be refused one by one; trying it costs as much.
    [8192, true],
  ] as const) {
    const world = new World(limits)
    world.open(1)
    const messages = Array.from({ length: 6 }, () => ({
      msgId: world.nextId(),
      seqNo: 1,
      body: pack(new Uint8Array(length)),
    }))
    world.send(encodeContainer(messages), { seqNo: 12 })
    const isClosed = world.outputs.some(({ kind }) => kind === 'close')
    assert.equal(isClosed, isRefused, `${length} bytes each`)
    if (!isRefused) assert.equal(world.outputs.filter(({ kind }) => kind === 'request').length, 6)
  }
})

test('a container is taken as a whole: its requests, pings and acknowledgements, and answered in one packet', () => {
  const world = inSession()
  const [a, b] = [world.nextId(), world.nextId()]
  const pingId = world.nextId()
  const ping = encodeService({ _: 'ping', pingId: 8n })
  world.send(
    encodeContainer([
      { msgId: a, seqNo: 1, body: request(1) },
      { msgId: b, seqNo: 3, body: request(2) },
      { msgId: pingId, seqNo: 4, body: ping },
    ]),
    { seqNo: 4 },
  )
  assert.deepEqual(world.requests(), [a, b])
  assert.deepEqual(world.seen()[0]?.service, { _: 'pong', msgId: pingId, pingId: 8n })
})

test('messages out of time, of wrong parity or in malformed containers are refused by their code', () => {
  const world = inSession()
  const at = (seconds: number) => (BigInt(START_S + seconds) << 32n) + 4n
  const inner = { msgId: world.nextId(), seqNo: 1, body: request(1) }
  const nested = encodeContainer([{ ...inner, body: encodeContainer([]) }])
  const tries: [number, Uint8Array, bigint][] = [
    [16, request(1), at(-301)],
    [17, request(1), at(31)],
    [18, request(1), at(0) + 1n],
    [64, nested, world.nextId()],
    [64, encodeContainer([{ ...inner, msgId: at(20) }]), world.nextId()],
  ]
  for (const [code, body, msgId] of tries) {
    world.send(body, { msgId })
    const bad = world.seen()[0]?.service
    assert.ok(bad?._ === 'bad_msg_notification', String(code))
    assert.deepEqual([bad.errorCode, bad.badMsgId], [code, msgId])
  }
  assert.deepEqual(world.requests(), [])
  world.send(encodeContainer([{ ...inner, msgId: at(-1000) }]), { seqNo: 2 })
  assert.deepEqual(world.requests(), [at(-1000)], 'what is in a container may be old')
})

test('an id below all that are remembered is answered 20, and new_session_created names the lowest seen', () => {
  const world = inSession({ receivedIds: 4 })
  const first = world.nextId()
  for (let i = 0; i < 10; i++) world.send(request(1))
  world.seen()
  const container = encodeContainer([{ msgId: first, seqNo: 1, body: request(2) }])
  world.send(container, { seqNo: 30 })
  const bad = world.seen().find(({ service }) => service?._ === 'bad_msg_notification')?.service
  assert.ok(bad?._ === 'bad_msg_notification')
  assert.deepEqual([bad.errorCode, bad.badMsgId], [20, first])
})

test('ping_delay_disconnect closes a connection on which it is not repeated', () => {
  const world = inSession()
  world.service({ _: 'ping_delay_disconnect', pingId: 1n, disconnectDelay: 60 })
  world.later(50)
  world.service({ _: 'ping_delay_disconnect', pingId: 2n, disconnectDelay: 60 })
  world.later(50)
  assert.deepEqual(world.closed(), [])
  world.later(11)
  assert.deepEqual(world.closed(), ['PING_MISSING'])
})

test('msgs_state_req tells what has become of messages', () => {
  const world = inSession()
  const running = world.send(request(1))
  const answered = world.send(request(2))
  world.answer(answered, request(3))
  world.seen()
  const unknown = running + 1n
  const tooHigh = world.nextId() + 400n
  const asked = world.service({ _: 'msgs_state_req', msgIds: [running, answered, unknown, tooHigh] })
  assert.deepEqual(world.seen()[0]?.service, {
    _: 'msgs_state_info',
    reqMsgId: asked,
    info: Uint8Array.of(4 + 32, 4 + 8 + 32 + 64, 2, 3),
  })
})

test('the state of a message says what it needs, and what each side knows of it', () => {
  const world = inSession()
  const answered = world.send(request(1))
  world.answer(answered, request(2))
  const answer = world.seen().find(({ rpc }) => rpc)
  assert.ok(answer)
  const ack = world.service({ _: 'msgs_ack', msgIds: [answer.msgId] })
  const ping = world.service({ _: 'ping', pingId: 1n }, { seqNo: 3 })
  world.seen()
  world.service({ _: 'msgs_state_req', msgIds: [answered, ack, ping] })
  const [state] = world.seen()
  assert.ok(state?.service?._ === 'msgs_state_info')
  assert.deepEqual([...state.service.info], [4 + 8 + 32 + 64 + 128, 4 + 16, 4 + 8])
})

test('rpc_drop_answer drops an answer that is queued, and says so of one that is not made yet', () => {
  const world = inSession()
  const drop = (reqMsgId: bigint) => {
    const asked = world.service({ _: 'rpc_drop_answer', reqMsgId }, { seqNo: 1 })
    const { rpc } = world.seen()[0] ?? {}
    assert.equal(rpc?.reqMsgId, asked)
    return rpc && decodeService(rpc.result)._
  }
  const running = world.send(request(1))
  assert.equal(drop(running), 'rpc_answer_dropped_running')
  world.answer(running, request(2))
  const late = world.seen()[0]?.rpc
  assert.equal(late && decodeService(late.result)._, 'rpc_answer_dropped_running')
  const answered = world.send(request(1))
  world.answer(answered, request(2))
  world.seen()
  assert.equal(drop(answered), 'rpc_answer_dropped')
  assert.equal(drop(answered), 'rpc_answer_unknown')
})

test('destroy_session forgets another session of the key, and not the one that asks', () => {
  const world = inSession()
  world.service({ _: 'ping', pingId: 1n }, { sessionId: 2n })
  world.seen()
  const destroy = (sessionId: bigint) => {
    world.service({ _: 'destroy_session', sessionId })
    return world.names()
  }
  assert.deepEqual(destroy(2n), ['destroy_session_ok'])
  assert.deepEqual(destroy(2n), ['destroy_session_none'])
  assert.deepEqual(destroy(1n), ['destroy_session_none'])
})

test('destroy_auth_key is answered once the key is gone, or was gone already; then it is unknown', () => {
  for (const outcome of ['ok', 'none'] as const) {
    const world = inSession()
    world.open(2)
    world.service({ _: 'ping', pingId: 1n }, { connection: 2, sessionId: 2n })
    world.seen(2)
    world.service({ _: 'destroy_auth_key' })
    const session = { authKeyId: KEY.authKey.id, sessionId: 1n }
    assert.deepEqual(world.outputs.at(-1), { kind: 'destroyKey', session })
    assert.deepEqual(world.names(), [], 'nothing is promised before')
    world.step({ kind: 'keyDestroyed', session, outcome })
    assert.deepEqual(world.names(), [`destroy_auth_key_${outcome}`])
    assert.deepEqual(world.names(2), ['-404'])
    world.keys.clear()
    world.send(request(1))
    assert.deepEqual(world.names(), ['-404'])
  }
})

test('a key that cannot be destroyed is good for everything else, and is destroyed once at a time', () => {
  const world = inSession()
  const asked = () => world.outputs.splice(0).filter(({ kind }) => kind === 'destroyKey').length
  const session = { authKeyId: KEY.authKey.id, sessionId: 1n }
  world.service({ _: 'destroy_auth_key' })
  world.service({ _: 'destroy_auth_key' })
  assert.equal(asked(), 1)
  world.step({ kind: 'keyDestroyed', session, outcome: 'fail' })
  assert.deepEqual(world.names(), ['destroy_auth_key_fail'])
  world.service({ _: 'ping', pingId: 1n })
  assert.deepEqual(world.names(), ['pong'])
  world.service({ _: 'destroy_auth_key' })
  assert.equal(asked(), 1)
})

test('a key is gone though the session that asked for it is gone too', () => {
  const world = inSession()
  world.service({ _: 'destroy_auth_key' })
  world.step({ kind: 'closed', connection: 1 })
  world.open(2)
  world.service({ _: 'ping', pingId: 1n }, { connection: 2, sessionId: 2n })
  world.service({ _: 'destroy_session', sessionId: 1n }, { connection: 2, sessionId: 2n })
  world.seen(2)
  const session = { authKeyId: KEY.authKey.id, sessionId: 1n }
  world.step({ kind: 'keyDestroyed', session, outcome: 'ok' })
  assert.deepEqual(world.names(2), ['-404'])
})

test('a key that was never known gets -404; one that does not fit its packet a closed connection without a word', () => {
  const world = inSession()
  const message = { msgId: world.nextId(), seqNo: 1, salt: 5n, sessionId: 1n, body: request(1) }
  const stranger = makeAuthKey(new Uint8Array(256).fill(1))
  world.sendPacket(encryptMessage(stranger, 'client', message, random))
  assert.deepEqual(world.names(), ['-404'])
  const packet = encryptMessage(KEY.authKey, 'client', message, random)
  packet[40] = (packet[40] ?? 0) ^ 1
  world.sendPacket(packet)
  assert.deepEqual(world.names(), [])
  assert.deepEqual(world.closed(), ['PACKET_REJECTED'])
  assert.deepEqual(world.requests(), [])
})

test('a client that was told of an unknown key and makes a new one is not told again meanwhile', () => {
  const world = new World()
  world.keys.clear()
  world.open(1)
  world.send(request(1))
  world.send(request(2))
  assert.deepEqual(world.names(), ['-404', '-404'])
  const reqPq = encodeService({ _: 'req_pq_multi', nonce: random(16) })
  world.sendPacket(encodePlain(world.nextId(), reqPq))
  world.send(request(3))
  assert.equal(world.frames(), 1, 'resPQ, and nothing else')
})

test('packets under more unknown keys at once than allowed are refused with -429', () => {
  const world = new World()
  world.open(1)
  const framing = makeClientFraming('intermediate', { random })
  const outputs: ServerOutput[] = []
  for (let i = 0; i < 40; i++) {
    const stranger = makeAuthKey(new Uint8Array(256).fill(i + 1))
    const message = { msgId: world.nextId(), seqNo: 1, salt: 5n, sessionId: 1n, body: request(1) }
    const chunk = framing.encodeFrame(encryptMessage(stranger, 'client', message, random))
    outputs.push(...world.machine.step({ kind: 'bytes', connection: 1, chunk }, world.nowMs))
  }
  assert.equal(outputs.filter(({ kind }) => kind === 'needKey').length, 16)
  assert.equal(outputs.at(-1)?.kind, 'close')
})

test("a temporary key that has expired by the rules' clock is unknown", () => {
  const world = new World()
  world.keys.set(KEY.authKey.id, { ...KEY, expiresAtS: START_S + 100 })
  world.open(1)
  world.send(request(1))
  assert.equal(world.requests().length, 1)
  world.seen()
  world.step({ kind: 'rulesClock', aheadMs: 101_000 })
  world.send(request(1))
  assert.deepEqual(world.names(), ['-404'])
  assert.equal(world.requests().length, 1)
})

test('a revoked key loses its connections', () => {
  const world = inSession()
  world.step({ kind: 'dropKey', authKeyId: KEY.authKey.id, reason: 'revoked' })
  assert.deepEqual(world.closed(), ['AUTH_KEY_REVOKED'])
})

test('more running requests than allowed are answered -429, and the connection is closed', () => {
  const world = inSession({ maxRunningRequests: 3 })
  for (let i = 0; i < 4; i++) world.send(request(i))
  assert.equal(world.requests().length, 3)
  assert.deepEqual(world.names(), ['-429'])
  assert.equal(world.closed().length, 1)
})

test('answers nobody acknowledges cost so much and no more; who asks for one that had to go is told', () => {
  const world = inSession({ maxUnackedMessages: 5 })
  const ids = Array.from({ length: 10 }, () => world.send(request(1)))
  for (const id of ids) world.answer(id, request(2))
  assert.equal(world.seen().filter(({ rpc }) => rpc).length, 10)
  world.send(request(1), { msgId: ids[0] ?? 0n })
  const { rpc } = world.seen()[0] ?? {}
  assert.deepEqual(rpc && decodeService(rpc.result), {
    _: 'rpc_error',
    errorCode: 500,
    errorMessage: 'RPC_ANSWER_LOST',
  })
})

/** What gzip does not make smaller. */
const big = crypto.getRandomValues(new Uint8Array(3000))

test('where all sessions keep too much, those go that nobody is connected to', () => {
  const world = inSession({ maxHeldBytes: 20_000 })
  world.open(2)
  const gone = world.send(request(1), { connection: 2, sessionId: 2n })
  world.answer(gone, big, 2n)
  world.step({ kind: 'closed', connection: 2 })
  const ids = [1, 2, 3, 4, 5].map(() => world.send(request(1)))
  for (const id of ids) world.answer(id, big)
  world.seen()
  world.send(request(1), { msgId: ids[0] ?? 0n })
  assert.deepEqual(world.seen()[0]?.rpc?.result, big, 'the others keep what they have')
  world.send(request(1), { msgId: gone, sessionId: 2n })
  assert.deepEqual(world.requests(), [gone, ...ids, gone], 'of the one that is gone nothing is known')
})

test('where that is not enough, a session keeps little of what it has sent', () => {
  const world = inSession({ maxHeldBytes: 20_000 })
  const ids = [1, 2, 3, 4, 5, 6, 7].map(() => world.send(request(1)))
  for (const id of ids) world.answer(id, big)
  assert.equal(world.seen().filter(({ rpc }) => rpc).length, 7, 'all are answered')
  world.send(request(1), { msgId: ids[0] ?? 0n })
  world.send(request(1), { msgId: ids[6] ?? 0n })
  const [lost, kept] = world.seen().flatMap(({ rpc }) => rpc?.result ?? [])
  assert.equal(lost && decodeService(lost)._, 'rpc_error')
  assert.deepEqual(kept, big)
})

test('where too many frames have begun, a stranger that keeps most of them goes, not who is known', () => {
  const world = inSession({ maxBegunBytes: 8_000 })
  const begun = (bytes: number): Uint8Array => {
    const chunk = new Uint8Array(bytes)
    new DataView(chunk.buffer).setUint32(0, 1_000_000, true)
    return chunk
  }
  const intermediate = new Uint8Array(4).fill(0xee)
  for (const [connection, bytes] of [
    [2, 600],
    [3, 1_500],
    [4, 2_000],
  ] as const) {
    world.open(connection)
    world.step({ kind: 'bytes', connection, chunk: intermediate })
    world.step({ kind: 'bytes', connection, chunk: begun(bytes) })
  }
  const closed = () => world.outputs.flatMap((output) => (output.kind === 'close' ? output : []))
  assert.deepEqual(
    closed().map(({ connection, reason }) => [connection, reason?.code]),
    [[4, 'FRAMES_UNFINISHED']],
    'a frame that has begun takes twice what has come of it',
  )
  const id = world.send(request(1))
  world.answer(id, request(2))
  assert.equal(world.seen().filter(({ rpc }) => rpc).length, 1)
})

test('a session that was on two connections is forgotten on both', () => {
  const world = inSession({ maxKeySessions: 2 })
  world.open(2)
  // More than a connection may have at a time.
  for (let sessionId = 10n; sessionId < 400n; sessionId++) {
    world.service({ _: 'ping', pingId: 1n }, { sessionId })
    world.service({ _: 'ping', pingId: 2n }, { sessionId, connection: 2 })
  }
  assert.deepEqual(world.closed(), [])
})

test('a session outlives the hours that its machine has slept, and what ran before does not run again', () => {
  const world = inSession()
  world.service({ _: 'ping_delay_disconnect', pingId: 1n, disconnectDelay: 60 })
  const msgId = world.send(request(1))
  world.answer(msgId, request(2))
  world.seen()
  world.later(3 * 3600)
  assert.deepEqual(world.closed(), ['PING_MISSING'])
  world.outputs.length = 0
  world.open(2)
  const again = encodeContainer([{ msgId, seqNo: 1, body: request(1) }])
  world.send(again, { connection: 2, seqNo: 2 })
  const refusal = world.seen(2)[0]?.service
  assert.ok(refusal?._ === 'bad_server_salt')
  world.send(again, { connection: 2, seqNo: 2, salt: refusal.newServerSalt })
  assert.deepEqual(world.requests(), [])
  assert.ok(world.seen(2).some(({ rpc }) => rpc?.reqMsgId === msgId))
})

test('where the clock is set back by more than clients let pass, everybody begins anew, with ids of the new time', () => {
  const world = inSession()
  const running = world.send(request(1))
  world.nowMs -= 15_000
  world.service({ _: 'ping', pingId: 1n })
  assert.equal(world.names().at(-1), 'pong')
  world.nowMs -= 3_600_000
  world.step({ kind: 'wake' })
  assert.deepEqual(world.closed(), ['CLOCK_SET_BACK'])
  world.answer(running, request(2))
  world.open(2)
  world.service({ _: 'ping', pingId: 2n }, { connection: 2 })
  const seen = world.seen(2)
  assert.ok(seen.length > 0)
  assert.ok(seen.every(({ msgId }) => msgId >> 32n <= BigInt(Math.floor(world.nowMs / 1000))))
})

test('sessions are bounded: the longest unused goes, and is made anew when its client comes back', () => {
  const world = inSession({ maxSessions: 2 })
  for (const sessionId of [2n, 3n]) world.service({ _: 'ping', pingId: 1n }, { sessionId })
  world.seen()
  world.service({ _: 'ping', pingId: 2n }, { sessionId: 3n })
  assert.deepEqual(world.names(), ['pong'])
  world.service({ _: 'ping', pingId: 2n })
  assert.deepEqual(world.names(), ['new_session_created', 'pong'])
})

test('a request of 2 MiB passes, a frame of more than 4 MiB closes the connection', () => {
  const world = inSession()
  world.send(new Uint8Array(2 * 1024 * 1024).fill(1))
  assert.equal(world.requests().length, 1)
  world.send(new Uint8Array(4 * 1024 * 1024 + 4096).fill(1))
  assert.equal(world.requests().length, 1)
  assert.deepEqual(world.closed(), ['FRAME_TOO_LARGE'])
})

test('a connection that shows no key is closed after a while', () => {
  const world = new World({ strangerLifeMs: 1000 })
  world.open(1)
  world.later(2)
  assert.deepEqual(world.closed(), ['CONNECTION_IDLE'])
})

test('packets that wait for their key are taken in order once it is known', () => {
  const world = new World()
  world.open(1)
  const framing = makeClientFraming('intermediate', { random })
  const salt = KEY.firstSalt
  const chunks = [1, 2, 3].map((i) => {
    const message = { msgId: world.nextId(), seqNo: i * 2 - 1, salt, sessionId: 1n, body: request(i) }
    return framing.encodeFrame(encryptMessage(KEY.authKey, 'client', message, random))
  })
  const outputs = chunks.flatMap((chunk) =>
    world.machine.step({ kind: 'bytes', connection: 1, chunk }, world.nowMs),
  )
  assert.deepEqual(outputs, [{ kind: 'needKey', authKeyId: KEY.authKey.id }])
  world.step({ kind: 'key', authKeyId: KEY.authKey.id, key: KEY })
  const bodies = world.outputs.flatMap((output) => (output.kind === 'request' ? [output.body[0]] : []))
  assert.deepEqual(bodies, [1, 2, 3])
})

test('an update that nobody acknowledges is offered on the same connection, and sent again when asked for', () => {
  const world = inSession({ offerAfterMs: 75_000 })
  world.step({ kind: 'push', session: { authKeyId: KEY.authKey.id, sessionId: 1n }, body: request(9) })
  const [update] = world.seen()
  assert.ok(update)
  world.later(74)
  assert.deepEqual(world.seen(), [])
  world.later(76)
  const offers = world.seen().flatMap(({ service }) => service ?? [])
  const offer = offers.find((one) => one._ === 'msg_new_detailed_info' && one.answerMsgId === update.msgId)
  assert.ok(offer)
  world.service({ _: 'msg_resend_req', msgIds: [update.msgId] })
  assert.ok(world.seen().some(({ msgId }) => msgId === update.msgId))
  world.service({ _: 'msgs_ack', msgIds: [update.msgId] })
  world.later(300)
  assert.ok(
    world
      .seen()
      .every(({ service }) => service?._ !== 'msg_new_detailed_info' || service.answerMsgId !== update.msgId),
  )
})

test('msgs_all_info says which messages have arrived and which have not', () => {
  const world = inSession()
  const session = { authKeyId: KEY.authKey.id, sessionId: 1n }
  for (const first of [7, 8]) world.step({ kind: 'push', session, body: request(first) })
  const [one, two] = world.seen()
  assert.ok(one && two)
  world.service({ _: 'msgs_all_info', msgIds: [one.msgId, two.msgId], info: Uint8Array.of(4, 2) })
  const again = world.seen().map(({ msgId }) => msgId)
  assert.ok(!again.includes(one.msgId) && again.includes(two.msgId))
})

test('msg_copy is taken as the message in it, once', () => {
  const world = inSession()
  const inner = { msgId: world.nextId(), seqNo: 1, body: request(6) }
  const copy = new Uint8Array(24 + inner.body.length)
  const view = new DataView(copy.buffer)
  view.setUint32(0, 0xe06046b2, true)
  view.setUint32(4, 0x5bb8e511, true)
  view.setBigInt64(8, inner.msgId, true)
  view.setInt32(16, inner.seqNo, true)
  view.setInt32(20, inner.body.length, true)
  copy.set(inner.body, 24)
  const count = () => world.outputs.filter(({ kind }) => kind === 'request').length
  const before = count()
  world.send(copy, { seqNo: 3 })
  world.send(copy, { seqNo: 5 })
  assert.equal(count(), before + 1)
})

test('of a key with too many sessions the longest unused goes', () => {
  const world = inSession({ maxKeySessions: 2 })
  const ping = (sessionId: bigint) => {
    world.service({ _: 'ping', pingId: sessionId }, { sessionId })
    return world.seen().some(({ service }) => service?._ === 'new_session_created')
  }
  assert.equal(ping(2n), true)
  assert.equal(ping(1n), false)
  assert.equal(ping(3n), true)
  assert.equal(ping(1n), false)
  assert.equal(ping(2n), true)
})

test('a packet that comes again when its salt is good no more is not refused: its client would run it again', () => {
  const world = inSession()
  const sent = world.send(request(1))
  world.answer(sent, request(2))
  const answer = world.seen().find(({ rpc }) => rpc)
  world.step({ kind: 'rulesClock', aheadMs: 7_200_000 })
  world.send(request(1), { msgId: sent })
  const again = world.seen()
  assert.deepEqual(
    again.map(({ msgId }) => msgId),
    [answer?.msgId],
  )
  world.send(request(3))
  assert.deepEqual(world.names(), ['bad_server_salt'])
})

test('a request that is withheld and has not been carried out is taken again', () => {
  const world = new World()
  world.open(1)
  const session = { authKeyId: KEY.authKey.id, sessionId: 1n }
  const msgId = world.send(request(1))
  world.step({ kind: 'withhold', session, msgId, wasRun: false, asBadSalt: false })
  world.send(request(1), { msgId })
  assert.equal(world.requests().length, 2)
  world.seen()
  world.step({ kind: 'withhold', session, msgId, wasRun: false, asBadSalt: true })
  const [refusal] = world.seen()
  assert.ok(refusal?.service?._ === 'bad_server_salt')
  assert.equal(refusal.service.badMsgId, msgId)
  world.send(request(1), { msgId, salt: refusal.service.newServerSalt })
  assert.equal(world.requests().length, 3)
})

test('a request that has been carried out and is withheld is acknowledged, and its answer is lost', () => {
  const world = new World()
  world.open(1)
  const session = { authKeyId: KEY.authKey.id, sessionId: 1n }
  const msgId = world.send(request(1))
  world.seen()
  world.step({ kind: 'withhold', session, msgId, wasRun: true, asBadSalt: false })
  assert.deepEqual(
    world.seen().map(({ service }) => service?._),
    ['msgs_ack'],
  )
  world.send(request(1), { msgId })
  const [again] = world.seen()
  assert.equal(again?.rpc?.reqMsgId, msgId)
  assert.equal(world.requests().length, 1)
})

test('a transport error that is asked for is a frame of four bytes', () => {
  const world = new World()
  world.open(1)
  world.send(request(1))
  world.seen()
  for (const code of [-404, -429, -444]) {
    world.step({ kind: 'sendTransportError', connection: 1, code })
    assert.deepEqual(world.seen(), [{ msgId: 0n, seqNo: code }])
  }
  world.step({ kind: 'sendTransportError', connection: 7, code: -404 })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateSync, gzipSync } from 'node:zlib'
import { makeAuthKey } from '../crypto/index.ts'
import { encodeContainer, encryptMessage, pack } from '../envelope/index.ts'
import { makeClientFraming } from '../framing/index.ts'
import type { ServerOutput } from '../index.ts'
import { inSession, KEY, random, request, START_S, World } from '../properties/server-world.ts'
import { encodeService } from '../service.ts'

test('a wrong salt is answered with bad_server_salt, and nothing in the packet runs', () => {
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

test('salts promised by get_future_salts are accepted in their time and void after a restart', () => {
  const world = inSession()
  const asked = world.service({ _: 'get_future_salts', num: 100 })
  const answer = world.seen()[0]?.service
  assert.ok(answer?._ === 'future_salts')
  assert.equal(answer.reqMsgId, asked)
  assert.equal(answer.salts.length, 64)
  const restarted = new World()
  for (const one of [world, restarted]) {
    one.nowMs += 5 * 3600 * 1000
    one.open(2)
    one.send(request(1), { connection: 2, salt: KEY.firstSalt })
    assert.deepEqual(one.names(2), ['bad_server_salt'])
    const now = one.nowMs / 1000
    const valid: readonly { salt: bigint }[] = answer.salts.filter(
      ({ validSince, validUntil }) => validSince <= now && now < validUntil,
    )
    assert.equal(valid.length, 2)
    for (const { salt } of valid) one.send(request(1), { connection: 2, salt })
  }
  assert.equal(world.requests().length, 2)
  assert.equal(restarted.requests().length, 0)
})

test('the test clock moves the salt periods, and the wire keeps the wall clock', () => {
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

test('requests may be gzip or zlib, and long answers are gzipped', () => {
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

test('a packet that unpacks to more than the limit is refused with -429, and one at the limit is not', () => {
  const limits = { maxUnpackedBytes: 4096, maxPacketUnpackedBytes: 16_384 }
  for (const [length, isRefused] of [
    [2048, false],
    [4096, true],
    // Stays packed, to be refused one by one; the attempt costs as much.
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

test('a container is processed as a whole and answered in one packet', () => {
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

test('messages out of time, of wrong parity or in malformed containers are refused with their code', () => {
  const world = inSession()
  const at = (seconds: number) => (BigInt(START_S + seconds) << 32n) + 4n
  const inner = { msgId: world.nextId(), seqNo: 1, body: request(1) }
  const nested = encodeContainer([{ ...inner, body: encodeContainer([]) }])
  let salt = KEY.firstSalt
  const tries: [number, Uint8Array, bigint][] = [
    [16, request(1), at(-301)],
    [17, request(1), at(31)],
    [18, request(1), at(0) + 1n],
    [64, nested, world.nextId()],
    [64, encodeContainer([{ ...inner, msgId: at(20) }]), world.nextId()],
  ]
  for (const [code, body, msgId] of tries) {
    world.send(body, { msgId, salt })
    const bad = world.seen()[0]?.service
    assert.ok(bad?._ === 'bad_msg_notification', String(code))
    assert.deepEqual([bad.errorCode, bad.badMsgId], [code, msgId])
    if (code === 17) salt = saltOf(world)
  }
  assert.deepEqual(world.requests(), [])
  world.send(encodeContainer([{ ...inner, msgId: at(-1000) }]), { seqNo: 2, salt })
  assert.deepEqual(world.requests(), [at(-1000)], 'a message in a container may be old')
})

/** The salt that the server accepts now. */
function saltOf(world: World): bigint {
  world.service({ _: 'ping', pingId: 1n }, { salt: 0n })
  const bad = world.seen()[0]?.service
  assert.ok(bad?._ === 'bad_server_salt')
  return bad.newServerSalt
}

test('an id older than all remembered ones is answered 20, and new_session_created names the lowest id', () => {
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

test('packets under too many unknown keys at once are refused with -429', () => {
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

test('a request of 2 MiB passes, and a frame over 4 MiB closes the connection', () => {
  const world = inSession()
  world.send(new Uint8Array(2 * 1024 * 1024).fill(1))
  assert.equal(world.requests().length, 1)
  world.send(new Uint8Array(4 * 1024 * 1024 + 4096).fill(1))
  assert.equal(world.requests().length, 1)
  assert.deepEqual(world.closed(), ['FRAME_TOO_LARGE'])
})

test('packets that wait for their key are processed in order once it is known', () => {
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

test('msg_copy is processed once, as the message in it', () => {
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

test('a repeated packet with an expired salt is not refused, because its client would run it again', () => {
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

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeContainer, encryptMessage } from '../envelope/index.ts'
import { inSession, KEY, random, request, START_S, World } from '../properties/server-world.ts'
import { encodeService, type ServiceMessage } from '../service.ts'

const SESSION = { authKeyId: KEY.authKey.id, sessionId: 1n }
const UPDATE = new Uint8Array(12).fill(0x55)

interface Packet {
  readonly bytes: Uint8Array
  readonly msgId: bigint
}

/** A packet of the victim as an attacker on the path records it. */
function record(
  world: World,
  body: Uint8Array,
  options: { salt?: bigint; sessionId?: bigint; msgId?: bigint } = {},
): Packet {
  const { salt = KEY.firstSalt, sessionId = 1n, msgId = world.nextId() } = options
  return {
    bytes: encryptMessage(KEY.authKey, 'client', { msgId, seqNo: 1, salt, sessionId, body }, random),
    msgId,
  }
}

function contained(world: World, bodies: readonly Uint8Array[]): Uint8Array {
  return encodeContainer(bodies.map((body) => ({ msgId: world.nextId(), seqNo: 1, body })))
}

const service = (message: ServiceMessage) => encodeService(message)

/** Every kind of message that a client may send, as bodies. */
const BODIES: Readonly<Record<string, (world: World) => Uint8Array>> = {
  'a request': () => request(7),
  'a request in a container': (world) => contained(world, [request(7)]),
  'a container of everything': (world) =>
    contained(world, [request(7), request(8), service({ _: 'ping', pingId: 3n })]),
  'an empty container': () => encodeContainer([]),
  ping: () => service({ _: 'ping', pingId: 3n }),
  ping_delay_disconnect: () => service({ _: 'ping_delay_disconnect', pingId: 3n, disconnectDelay: 5 }),
  http_wait: () => service({ _: 'http_wait', maxDelay: 0, waitAfter: 0, maxWait: 0 }),
  get_future_salts: () => service({ _: 'get_future_salts', num: 3 }),
  msgs_ack: () => service({ _: 'msgs_ack', msgIds: [1n] }),
  msgs_state_req: () => service({ _: 'msgs_state_req', msgIds: [4n] }),
  msg_resend_req: () => service({ _: 'msg_resend_req', msgIds: [1n] }),
  rpc_drop_answer: () => service({ _: 'rpc_drop_answer', reqMsgId: 4n }),
  destroy_session: () => service({ _: 'destroy_session', sessionId: 9n }),
}

for (const [name, bodyOf] of Object.entries(BODIES)) {
  test(`a recorded packet with ${name} gets no answer and moves no session on another connection`, () => {
    const world = inSession()
    const packet = record(world, bodyOf(world))
    world.sendPacket(packet.bytes)
    for (const msgId of world.requests()) world.answer(msgId, request(9))
    // Made after the packet: a replay must not destroy it.
    world.service({ _: 'ping', pingId: 4n }, { sessionId: 9n })
    world.seen()
    const ran = world.requests().length
    world.open(2)
    world.sendPacket(packet.bytes, 2)
    world.sendPacket(packet.bytes, 2)
    assert.deepEqual(world.names(2), [], 'the attacker gets no answer')
    assert.deepEqual(world.names(1), [], 'nor is the victim told anything')
    world.step({ kind: 'push', session: SESSION, body: UPDATE })
    assert.deepEqual([world.seen(1).length, world.seen(2).length], [1, 0], 'updates still go to the victim')
    world.service({ _: 'ping', pingId: 4n }, { sessionId: 9n })
    assert.deepEqual(world.names(1), ['pong'], 'the other session lives')
    assert.equal(world.requests().length, ran, 'nothing runs again')
  })

  test(`a recorded packet with ${name} does not recreate its session`, () => {
    for (const forget of FORGETTING) {
      const world = inSession({ maxKeySessions: 3 })
      const packet = record(world, bodyOf(world))
      world.sendPacket(packet.bytes)
      const ran = world.requests().length
      forget(world)
      world.seen()
      world.open(2)
      world.sendPacket(packet.bytes, 2)
      const [bad] = world.seen(2)
      assert.ok(bad?.service?._ === 'bad_msg_notification' && bad.service.errorCode === 20, forget.name)
      world.step({ kind: 'push', session: SESSION, body: UPDATE })
      assert.equal(world.requests().length, ran, 'nothing runs again')
      assert.deepEqual(world.names(2), [])
    }
  })
}

const FORGETTING = [
  function destroyed(world: World) {
    world.service({ _: 'destroy_session', sessionId: 1n }, { sessionId: 2n })
  },
  function evicted(world: World) {
    for (const sessionId of [2n, 3n, 4n]) world.service({ _: 'ping', pingId: 1n }, { sessionId })
  },
]

/** The salt that a world accepts now. */
function saltOf(world: World, connection = 1): bigint {
  world.seen(connection)
  world.service({ _: 'ping', pingId: 1n }, { salt: 0n, connection })
  const bad = world.seen(connection)[0]?.service
  assert.ok(bad?._ === 'bad_server_salt')
  return bad.newServerSalt
}

test("a recorded packet carries a wrong salt after a restart, and the client's repeat under its id runs once", () => {
  const before = inSession()
  before.nowMs += 3_600_000
  const salt = saltOf(before)
  const packet = record(before, request(7), { salt })
  before.sendPacket(packet.bytes)
  assert.deepEqual(before.requests(), [packet.msgId])
  const after = new World()
  after.nowMs = before.nowMs
  after.open(2)
  for (let i = 0; i < 3; i++) after.sendPacket(packet.bytes, 2)
  assert.deepEqual(after.names(2), ['bad_server_salt', 'bad_server_salt', 'bad_server_salt'])
  assert.deepEqual(after.requests(), [])
  after.open(1)
  after.send(request(7), { msgId: packet.msgId, salt: saltOf(after) })
  assert.deepEqual(after.requests(), [packet.msgId])
})

test('the salt of an exchange is void after a restart, however soon', () => {
  const after = new World()
  after.nowMs += 1000
  after.keys.set(KEY.authKey.id, { ...KEY, createdAtS: START_S - 60 })
  after.open(1)
  after.send(request(7))
  assert.deepEqual(after.names(), ['bad_server_salt'])
})

test('a packet refused as too early does not run when its time comes', () => {
  const world = inSession()
  const msgId = (BigInt(START_S + 100) << 32n) + 4n
  const packet = record(world, request(7), { msgId })
  world.sendPacket(packet.bytes)
  const bad = world.seen()[0]?.service
  assert.ok(bad?._ === 'bad_msg_notification' && bad.errorCode === 17)
  world.later(100)
  world.open(2)
  world.sendPacket(packet.bytes, 2)
  assert.deepEqual(world.names(2), ['bad_server_salt'])
  assert.deepEqual(world.requests(), [])
})

test('a packet refused for a future salt does not run when that salt is valid', () => {
  const world = inSession()
  world.later(3600 - ((world.nowMs / 1000) % 1800) - 60)
  const salt = saltOf(world)
  world.service({ _: 'get_future_salts', num: 2 }, { salt })
  const answer = world.seen()[0]?.service
  assert.ok(answer?._ === 'future_salts')
  const packet = record(world, request(7), { salt: answer.salts[1]?.salt ?? 0n })
  world.sendPacket(packet.bytes)
  assert.deepEqual(world.names(), ['bad_server_salt'])
  world.later(90)
  world.open(2)
  world.sendPacket(packet.bytes, 2)
  assert.deepEqual(world.names(2), ['bad_server_salt'])
  assert.deepEqual(world.requests(), [])
})

test('a packet sent before the clock was set back does not run when its time comes again', () => {
  const world = inSession()
  const packet = record(world, request(7))
  world.sendPacket(packet.bytes)
  world.nowMs -= 600_000
  world.step({ kind: 'wake' })
  world.later(600)
  world.open(2)
  world.sendPacket(packet.bytes, 2)
  assert.deepEqual(world.names(2), ['bad_server_salt'])
  assert.deepEqual(world.requests(), [packet.msgId])
})

test('salts are renewed if more sessions are forgotten than can be remembered', () => {
  for (const limits of [{ maxKeySessions: 2 }, { maxKeySessions: 4, maxForgotten: 4 }]) {
    const world = inSession(limits)
    const packet = record(world, request(7))
    world.sendPacket(packet.bytes)
    let salt: bigint = KEY.firstSalt
    for (let sessionId = 2n; sessionId < 30n; sessionId++) {
      world.seen()
      world.service({ _: 'ping', pingId: 1n }, { sessionId, salt })
      const refusal = world.seen()[0]?.service
      if (refusal?._ === 'bad_server_salt') salt = refusal.newServerSalt
    }
    assert.notEqual(salt, KEY.firstSalt)
    world.open(2)
    world.sendPacket(packet.bytes, 2)
    assert.deepEqual(world.names(2), ['bad_server_salt'])
    assert.deepEqual(world.requests(), [packet.msgId])
    assert.ok((world.machine.tableSizes['forgotten'] ?? 0) <= 8)
  }
})

test('the record of a forgotten session is dropped once its packets are too old anyway', () => {
  const world = inSession()
  world.service({ _: 'destroy_session', sessionId: 1n }, { sessionId: 2n })
  assert.equal(world.machine.tableSizes['forgotten'], 2)
  world.later(331)
  assert.equal(world.machine.tableSizes['forgotten'], 0)
})

test('a late packet of the previous connection runs and does not move the session back', () => {
  const world = inSession()
  const late = record(world, request(7))
  world.open(2)
  world.service({ _: 'ping', pingId: 5n }, { connection: 2 })
  world.seen(2)
  world.sendPacket(late.bytes, 1)
  assert.deepEqual(world.requests(), [late.msgId])
  world.answer(late.msgId, request(8))
  assert.deepEqual(world.names(2), ['rpc_result'])
  assert.deepEqual(world.names(1), [])
})

test('a packet that exceeds the limits of its connection moves nothing', () => {
  const world = inSession({ maxKeySessions: 1000 })
  world.open(2)
  for (let sessionId = 10n; sessionId < 10n + 256n; sessionId++) {
    world.service({ _: 'ping', pingId: 1n }, { sessionId, connection: 2 })
  }
  world.service({ _: 'ping', pingId: 1n }, { connection: 2 })
  assert.equal(world.closed().length, 1)
  world.step({ kind: 'push', session: SESSION, body: UPDATE })
  assert.equal(world.seen(1).length, 1)
})

test('a recorded packet alone does not prove a key', () => {
  const world = inSession()
  const packet = record(world, request(7))
  world.sendPacket(packet.bytes)
  world.open(2)
  world.sendPacket(packet.bytes, 2)
  world.later(121)
  assert.deepEqual(world.closed(), ['CONNECTION_IDLE'])
})

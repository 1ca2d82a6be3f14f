import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeContainer } from '../envelope/index.ts'
import { inSession, request } from '../properties/server-world.ts'
import { decodeService } from '../service.ts'

test('destroy_session forgets another session of the key, but not its own', () => {
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

test('running too many requests is answered -429 and closes the connection', () => {
  const world = inSession({ maxRunningRequests: 3 })
  for (let i = 0; i < 4; i++) world.send(request(i))
  assert.equal(world.requests().length, 3)
  assert.deepEqual(world.names(), ['-429'])
  assert.equal(world.closed().length, 1)
})

test('unacknowledged answers are limited, and a request for a dropped one is told so', () => {
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

/** Bytes that gzip cannot shrink. */
const big = crypto.getRandomValues(new Uint8Array(3000))

test('sessions without a connection are dropped first when all sessions hold too much', () => {
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
  assert.deepEqual(world.requests(), [gone, ...ids])
  const bad = world.seen()[0]?.service
  assert.ok(bad?._ === 'bad_msg_notification' && bad.errorCode === 20, 'the one that is gone is not known')
})

test('a session keeps little of what it sent if dropping others is not enough', () => {
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

test('a session used on two connections is forgotten on both', () => {
  const world = inSession({ maxKeySessions: 2 })
  world.open(2)
  // More than a connection may have at a time.
  for (let sessionId = 10n; sessionId < 400n; sessionId++) {
    world.service({ _: 'ping', pingId: 1n }, { sessionId })
    world.service({ _: 'ping', pingId: 2n }, { sessionId, connection: 2 })
  }
  assert.deepEqual(world.closed(), [])
})

test('a session survives hours of sleep of the machine, and earlier requests do not run again', () => {
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

test('every session restarts with ids of the new time if the clock is set back too far for clients', () => {
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

test('the longest unused session is dropped at the limit, and recreated when its client returns', () => {
  const world = inSession({ maxSessions: 2 })
  for (const sessionId of [2n, 3n]) world.service({ _: 'ping', pingId: 1n }, { sessionId })
  world.seen()
  world.service({ _: 'ping', pingId: 2n }, { sessionId: 3n })
  assert.deepEqual(world.names(), ['pong'])
  world.service({ _: 'ping', pingId: 2n })
  assert.deepEqual(world.names(), ['new_session_created', 'pong'])
})

test('the longest unused session of a key with too many is dropped', () => {
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

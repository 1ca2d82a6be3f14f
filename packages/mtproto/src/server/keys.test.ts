import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeAuthKey } from '../crypto/index.ts'
import { encodePlain, encryptMessage } from '../envelope/index.ts'
import { inSession, KEY, random, request, START_S, World } from '../properties/server-world.ts'
import { encodeService } from '../service.ts'

test('destroy_auth_key is answered once the key is gone or was gone already, and then the key is unknown', () => {
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

test('a key that cannot be destroyed stays usable, and one attempt runs at a time', () => {
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

test('a key is destroyed even if the session that asked for it is gone', () => {
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

test('an unknown key gets -404, and a key that does not fit its packet gets a closed connection', () => {
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

test('a client that is making a new key is not told again that its old one is unknown', () => {
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

test('a temporary key that has expired by the clock of the rules is unknown', () => {
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

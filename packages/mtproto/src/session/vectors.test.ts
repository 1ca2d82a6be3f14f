import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readLong } from '../crypto/index.ts'
import { decryptMessage, encryptMessage, type InnerMessage } from '../envelope/index.ts'
import type { AuthKey, Random } from '../machine.ts'
import { CLIENT_LIMITS, SERVER_LIMITS } from '../options.ts'
import { encodeService } from '../service.ts'
import {
  ClientSalts,
  ClientSession,
  checkPacket,
  encodeBindRequest,
  type RequestTag,
  ServerSession,
  type ServerSessionHost,
  UnpackBudget,
} from './index.ts'
import { ReceivedIds } from './received-ids.ts'

const load = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../../test/vectors/${name}.json`, import.meta.url), 'utf8'))
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex')
const long = (wire: string) => readLong(bytes(wire))

function scripted(...values: string[]): Random {
  return (length) => {
    const value = bytes(values.shift() ?? '')
    assert.equal(value.length, length, 'another random value was asked for')
    return value
  }
}

/**
 * The random values that encryptMessage draws: the padding, its extra length, and a byte that adds none.
 */
const noLonger = (padding: string) => `${padding}${'00'.repeat(7 * 16 + 1)}`

/** The time at which `msgId` is the next id, to the fraction. */
const timeOf = (msgId: string | bigint) => Number((BigInt(msgId) * 1000n) >> 16n) / 65536

const authKey = (key: string, id: string): AuthKey => ({ id: long(id), key: bytes(key) })

const { session_example: example } = load('message-v2')
const { client_packet: fromClient, server_packet: fromServer, client_inner, server_inner } = example
const exampleKey = authKey(fromClient.auth_key, fromClient.auth_key_id_wire)

function clientSession(key: AuthKey, salt: string, random: Random) {
  const results: { tag: RequestTag; result: string }[] = []
  const session = new ClientSession({
    random,
    limits: { ...CLIENT_LIMITS, futureSalts: 0 },
    clock: { offsetMs: 0 },
    authKey: key,
    salts: new ClientSalts([{ salt: long(salt), validSinceS: 0, validUntilS: 2e9 }]),
    unpacking: new UnpackBudget(CLIENT_LIMITS),
    host: {
      onHeard: () => {},
      onResult: (tag, result) => results.push({ tag, result: hex(result) }),
      onUpdate: () => {},
      onNewSession: () => {},
      onChanged: () => {},
      onKeyDestroyed: () => {},
    },
  })
  return { session, results }
}

function packetsOf(session: ClientSession, msgId: string): string[] {
  return session.flush(timeOf(msgId)).map((packet) => hex(packet.bytes))
}

test('a client packs the first packet of a session and reads the answer as in the session example', () => {
  const { session, results } = clientSession(
    exampleKey,
    fromClient.salt_wire,
    scripted(fromClient.session_id_wire, noLonger(fromClient.padding)),
  )
  const [query, acks] = client_inner
  const acked = readLong(bytes(acks.body), 12)
  const before = { sessionId: session.sessionId, salt: 0n, quickAckToken: 0, seqNo: 1 }
  const update = encodeService({ _: 'msgs_ack', msgIds: [] })
  session.receive({ ...before, msgId: acked, body: update }, timeOf(query.msg_id))
  session.request({ kind: 'call', callId: 7 }, bytes(query.body))
  assert.deepEqual(packetsOf(session, query.msg_id), [fromClient.packet])

  const decrypted = decryptMessage(exampleKey, 'client', bytes(fromServer.packet))
  assert.ok(decrypted.ok)
  session.receive(decrypted.message, timeOf(query.msg_id))
  assert.deepEqual(results, [{ tag: { kind: 'call', callId: 7 }, result: server_inner[1].unpacked_result }])
  assert.equal(session.salts.current(1_700_000_000), long(fromServer.salt_wire))
})

function serverSession(random: Random, requests: { msgId: bigint; body: string }[]) {
  const host: ServerSessionHost = {
    onRequest: (_session, { msgId }, body) => requests.push({ msgId, body: hex(body) }),
    onDisconnectDelay: () => {},
    onDestroySession: () => false,
    onDestroyAuthKey: () => {},
    onHttpWait: () => {},
    futureSalts: () => [],
  }
  const session = new ServerSession({
    ref: { authKeyId: exampleKey.id, sessionId: long(fromClient.session_id_wire) },
    random,
    limits: SERVER_LIMITS,
    lastMsgId: { value: 0n },
    held: { bytes: 0 },
    host,
  })
  session.connection = 1
  return session
}

test('a server reads and answers the first packet of a session as in the session example', () => {
  const [created, answered] = server_inner
  const uniqueId = created.body.slice(24, 40)
  const requests: { msgId: bigint; body: string }[] = []
  const session = serverSession(scripted(uniqueId), requests)
  const nowMs = timeOf(created.msg_id)
  const decrypted = decryptMessage(exampleKey, 'server', bytes(fromClient.packet))
  assert.ok(decrypted.ok)
  const checked = checkPacket(decrypted.message, session.received, 'new', Math.floor(nowMs / 1000))
  assert.ok('messages' in checked)
  session.receive(checked.messages, long(fromServer.salt_wire), nowMs)
  assert.deepEqual(requests, [{ msgId: BigInt(client_inner[0].msg_id), body: client_inner[0].body }])
  // The vector's own gzip stream: only what it unpacks to is normative.
  session.answer(BigInt(client_inner[0].msg_id), bytes(answered.body).subarray(12))
  const [outer, ...more] = session.flush(nowMs)
  assert.ok(outer)
  assert.deepEqual(more, [])
  const message = { ...outer, salt: long(fromServer.salt_wire), sessionId: decrypted.message.sessionId }
  const packet = encryptMessage(exampleKey, 'server', message, scripted(noLonger(fromServer.padding)))
  assert.equal(hex(packet), fromServer.packet)
})

test('the packets that the vectors call invalid are rejected', () => {
  for (const { packet, name, expect } of load('message-v2').must_reject) {
    const decrypted = decryptMessage(exampleKey, 'server', bytes(packet))
    const isForeignSession = decrypted.ok && decrypted.message.sessionId !== long(fromClient.session_id_wire)
    assert.ok(!decrypted.ok || isForeignSession, `${name}: ${expect}`)
  }
})

const bind = load('bind-temp-auth-key')

test('a client binds a temporary key with the request and packet of the vector', () => {
  const permKey = authKey(bind.perm_auth_key, bind.perm_auth_key_id_wire)
  const tempKey = authKey(bind.temp_auth_key, bind.temp_auth_key_id_wire)
  const { request_packet: packet } = bind
  const random = scripted(
    bind.temp_session_id_wire,
    bind.random_int128,
    bind.padding,
    noLonger(packet.padding),
  )
  const { session } = clientSession(tempKey, packet.salt_wire, random)
  const tempSessionId = session.sessionId
  const nonce = long(bind.nonce_wire)
  let body: Uint8Array | undefined
  session.request({ kind: 'bind' }, (msgId) => {
    const binding = { permKey, tempKey, tempSessionId, nonce, expiresAtS: bind.expires_at }
    body = encodeBindRequest(binding, msgId, random)
    return body
  })
  assert.deepEqual(packetsOf(session, bind.msg_id), [packet.packet])
  assert.equal(body && hex(body), bind.request_body)
})

test('a server passes on the binding request of the vector unchanged', () => {
  const tempKey = authKey(bind.temp_auth_key, bind.temp_auth_key_id_wire)
  const decrypted = decryptMessage(tempKey, 'server', bytes(bind.request_packet.packet))
  assert.ok(decrypted.ok)
  const requests: { msgId: bigint; body: string }[] = []
  serverSession(scripted('0000000000000001'), requests).receive([decrypted.message], 0n, timeOf(bind.msg_id))
  assert.deepEqual(requests, [{ msgId: BigInt(bind.msg_id), body: bind.request_body }])
})

const { strict_checks: strict } = load('msg-id-seqno')
/** Clients differ too much in these to compare them. */
const TOLERATED = [32, 33, 34, 35]

for (const one of strict.cases) {
  const expected = TOLERATED.includes(one.expect_error_code) ? 0 : one.expect_error_code
  test(`a message id check: ${one.name} gives ${expected}`, () => {
    const received = new ReceivedIds(1000)
    for (const { msg_id } of strict.already_received) received.add(BigInt(msg_id))
    const packet: InnerMessage = {
      msgId: BigInt(one.msg_id),
      seqNo: one.seq_no,
      body: one.is_container
        ? containerOf(BigInt(one.inner_msg_id ?? BigInt(one.msg_id) - 4n))
        : encodeService({ _: 'msgs_ack', msgIds: [] }),
    }
    const checked = checkPacket(
      { ...packet, salt: 0n, sessionId: 1n, quickAckToken: 0 },
      received,
      'new',
      strict.server_now,
    )
    assert.equal('bad' in checked ? checked.bad : 0, expected)
  })
}

/** A container of one message with an empty msgs_ack. */
function containerOf(msgId: bigint): Uint8Array {
  const body = encodeService({ _: 'msgs_ack', msgIds: [] })
  const container = new Uint8Array(24 + body.length)
  const view = new DataView(container.buffer)
  view.setUint32(0, 0x73f1f8dc, true)
  view.setInt32(4, 1, true)
  view.setBigInt64(8, msgId, true)
  view.setInt32(16, 2, true)
  view.setInt32(20, body.length, true)
  container.set(body, 24)
  return container
}

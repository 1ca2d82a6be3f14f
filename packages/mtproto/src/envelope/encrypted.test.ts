import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import bind from '../../../../test/vectors/bind-temp-auth-key.json' with { type: 'json' }
import vectors from '../../../../test/vectors/message-v2.json' with { type: 'json' }
import { bytesToHex, hexToBytes, makeAuthKey, readLong } from '../crypto/index.ts'
import type { AuthKey } from '../machine.ts'
import { decryptMessage, encryptMessage, type OutgoingMessage, sealMessage } from './encrypted.ts'
import { readAuthKeyId } from './plain.ts'
import type { Side } from './sides.ts'

interface PacketVector {
  readonly auth_key: string
  readonly salt_wire: string
  readonly session_id_wire: string
  readonly msg_id: string
  readonly seq_no: number
  readonly body: string
  readonly padding: string
  readonly packet: string
  readonly quick_ack_token_uint32: number
  readonly x: number
}

const { session_example } = vectors
const packets: readonly (readonly [string, PacketVector])[] = [
  ...vectors.cases.map((vector) => [vector.name, vector] as const),
  ['a session’s first packet', session_example.client_packet],
  ['its answer', session_example.server_packet],
  ['auth.bindTempAuthKey', bind.request_packet],
]

for (const [name, vector] of packets) {
  const key = makeAuthKey(hexToBytes(vector.auth_key))
  const [from, to]: readonly [Side, Side] = vector.x === 0 ? ['client', 'server'] : ['server', 'client']
  const message = messageOf(vector)

  test(`the packet of ${name} matches the vector`, () => {
    const { packet, quickAckToken } = sealMessage(key, from, message, hexToBytes(vector.padding))
    assert.equal(bytesToHex(packet), vector.packet)
    assert.equal(quickAckToken, vector.quick_ack_token_uint32)
  })

  test(`only the other side can read the packet of ${name}`, () => {
    const packet = hexToBytes(vector.packet)
    assert.equal(readAuthKeyId(packet), key.id)
    const expected = { ...message, quickAckToken: vector.quick_ack_token_uint32 }
    // The vectors give the token of a server packet without the high bit; nothing uses that one.
    expected.quickAckToken = (expected.quickAckToken | 0x80000000) >>> 0
    assert.deepEqual(decryptMessage(key, to, packet), { ok: true, message: expected })
    assert.deepEqual(decryptMessage(key, from, packet), { ok: false, rejection: 'MSG_KEY_MISMATCH' })
    assert.equal(bytesToHex(packet), vector.packet)
  })
}

const REJECTIONS: Readonly<Record<string, string>> = {
  last_byte_flipped: 'MSG_KEY_MISMATCH',
  client_message_encrypted_with_server_x: 'MSG_KEY_MISMATCH',
  padding_too_short_4: 'PADDING_INVALID',
  padding_too_long_1028: 'PADDING_INVALID',
  length_past_end: 'BODY_LENGTH_INVALID',
  length_not_multiple_of_4: 'BODY_LENGTH_INVALID',
}

for (const { name, packet, expect } of vectors.must_reject) {
  test(`a server rejects ${name}: ${expect}`, () => {
    const decrypted = decryptMessage(testKey(), 'server', hexToBytes(packet))
    assert.deepEqual(decrypted, { ok: false, rejection: REJECTIONS[name] })
  })
}

test('each side reads what the other encrypts, whatever its length', () => {
  const sides = fc.constantFrom<readonly [Side, Side]>(['client', 'server'], ['server', 'client'])
  const bodies = fc
    .integer({ min: 1, max: 700 })
    .chain((words) => fc.uint8Array({ minLength: words * 4, maxLength: words * 4 }))
  const key = testKey()
  fc.assert(
    fc.property(
      sides,
      bodies,
      fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
      fc.nat(255),
      ([from, to], body, long, fill) => {
        const message = { salt: long, sessionId: ~long, msgId: long ^ 5n, seqNo: fill - 100, body }
        const packet = encryptMessage(key, from, message, (length) => new Uint8Array(length).fill(fill))
        const minimum = 24 + 32 + body.length + 12
        assert.ok(packet.length >= minimum && packet.length <= minimum + 15 + 7 * 16)
        const decrypted = decryptMessage(key, to, packet)
        assert.ok(decrypted.ok)
        const { quickAckToken, ...read } = decrypted.message
        assert.deepEqual(read, message)
        assert.ok(quickAckToken >= 0x80000000)
      },
    ),
    { numRuns: 100 },
  )
})

test('a large message arrives as it was sent', () => {
  const body = Uint8Array.from({ length: 1_000_000 }, (_, i) => i * 7)
  const message = { salt: 1n, sessionId: 2n, msgId: 3n, seqNo: 4, body }
  const decrypted = decryptMessage(testKey(), 'client', encryptMessage(testKey(), 'server', message, zeros))
  assert.ok(decrypted.ok && Buffer.compare(decrypted.message.body, body) === 0)
})

test('a decrypted message stays unchanged while others are decrypted', () => {
  const key = testKey()
  const packets = [1, 2, 3].map((seqNo) => {
    const message = { salt: 0n, sessionId: 0n, msgId: 0n, seqNo, body: new Uint8Array(64).fill(seqNo) }
    return encryptMessage(key, 'client', message, zeros)
  })
  const read = packets.map((packet) => decryptMessage(key, 'server', packet))
  for (const [i, decrypted] of read.entries()) {
    assert.ok(decrypted.ok)
    assert.deepEqual(decrypted.message.body, new Uint8Array(64).fill(i + 1))
  }
})

test('any bytes are rejected without an exception', () => {
  const key = testKey()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (packet) => {
      assert.equal(decryptMessage(key, 'server', packet).ok, false)
      assert.equal(decryptMessage(key, 'client', packet).ok, false)
      readAuthKeyId(packet)
    }),
    { numRuns: 300 },
  )
})

test('a packet with one changed bit behind the key id is rejected', () => {
  const [vector] = vectors.cases
  assert.ok(vector)
  const packet = hexToBytes(vector.packet)
  for (let at = 8; at < packet.length; at++) {
    packet[at] = (packet[at] ?? 0) ^ 0x10
    assert.deepEqual(decryptMessage(testKey(), 'server', packet), {
      ok: false,
      rejection: 'MSG_KEY_MISMATCH',
    })
    packet[at] = (packet[at] ?? 0) ^ 0x10
  }
})

function zeros(length: number): Uint8Array {
  return new Uint8Array(length)
}

function testKey(): AuthKey {
  return makeAuthKey(hexToBytes(session_example.client_packet.auth_key))
}

function messageOf(vector: PacketVector): OutgoingMessage {
  return {
    salt: readLong(hexToBytes(vector.salt_wire)),
    sessionId: readLong(hexToBytes(vector.session_id_wire)),
    msgId: BigInt(vector.msg_id),
    seqNo: vector.seq_no,
    body: hexToBytes(vector.body),
  }
}

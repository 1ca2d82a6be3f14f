import assert from 'node:assert/strict'
import { test } from 'node:test'
import vectors from '../../../../test/vectors/transports.json' with { type: 'json' }
import { bytesToHex, concatBytes, hexToBytes } from '../crypto/index.ts'
import { encodeTransportError, makeClientFraming, makeServerFraming } from './index.ts'

const { padded_intermediate: padded, payloads, quick_ack_source } = vectors
const NAMES = ['small_40', 'mid_504', 'big_508'] as const
/** Shaped like packets, so that their end can be found; 508 bytes are not a packet. */
const PACKETS = ['small_40', 'mid_504'] as const
const anyRandom = (length: number) => crypto.getRandomValues(new Uint8Array(length))

/** Gives these as padding, one after the other. */
function paddedWith(...paddings: string[]) {
  return (length: number) => {
    const padding = hexToBytes(paddings.shift() ?? '')
    const fresh = new Uint8Array(length)
    fresh.set(padding)
    fresh[length - 1] = padding.length
    return fresh
  }
}

test('a client pads as in the vectors, with and without a quick acknowledgement request', () => {
  const paddings = NAMES.map((name) => padded.padding[name])
  const client = makeClientFraming('padded', { random: paddedWith(...paddings, ...paddings) })
  const send = (wantsQuickAck: boolean) =>
    NAMES.map((name) => bytesToHex(client.encodeFrame(hexToBytes(payloads[name]), wantsQuickAck))).join('')
  assert.equal(send(false), padded.tag + NAMES.map((name) => padded.frames[name]).join(''))
  assert.equal(send(true), NAMES.map((name) => padded.frames_quick_ack_request[name]).join(''))
})

test('both sides remove the padding of the vectors, and a server sees quick acknowledgement requests', () => {
  for (const [frames, wantsQuickAck] of [
    [padded.frames, false],
    [padded.frames_quick_ack_request, true],
  ] as const) {
    const received = makeServerFraming({ random: anyRandom }).push(
      hexToBytes(padded.tag + PACKETS.map((name) => frames[name]).join('')),
    )
    const expected = PACKETS.map((name) => ({
      kind: 'payload',
      payload: hexToBytes(payloads[name]),
      wantsQuickAck,
    }))
    assert.deepEqual(received, expected)
  }
  const client = makeClientFraming('padded', { random: anyRandom })
  for (const name of PACKETS) {
    const [frame] = client.push(hexToBytes(padded.frames[name]))
    assert.equal(frame?.kind === 'payload' && bytesToHex(frame.payload), payloads[name])
  }
})

test('a client adds 0 to 15 random bytes and a server 0 to 3, and the other side removes them', () => {
  const added = { client: new Set<number>(), server: new Set<number>() }
  const client = makeClientFraming('padded', { random: anyRandom })
  const server = makeServerFraming({ random: anyRandom })
  const packet = hexToBytes(payloads.mid_504)
  client.push(server.encodeFrame(packet))
  server.push(client.encodeFrame(packet))
  for (let i = 0; i < 400; i++) {
    const toServer = client.encodeFrame(packet)
    const toClient = server.encodeFrame(packet)
    added.client.add(toServer.length - 4 - packet.length)
    added.server.add(toClient.length - 4 - packet.length)
    for (const frames of [server.push(toServer), client.push(toClient)]) {
      assert.deepEqual(frames, [{ kind: 'payload', payload: packet, wantsQuickAck: false }])
    }
  }
  assert.deepEqual([Math.min(...added.client), Math.max(...added.client)], [0, 15])
  assert.deepEqual([...added.server].sort(), [0, 1, 2, 3])
})

test('a quick acknowledgement matches the vector and never looks like a packet to a client', () => {
  const token = quick_ack_source.token_uint32
  const server = makeServerFraming({ random: paddedWith('67f1f3') })
  server.push(hexToBytes(padded.tag))
  assert.equal(bytesToHex(server.encodeQuickAck(token)), padded.quick_ack_from_server)
  const client = makeClientFraming('padded', { random: anyRandom })
  const another = makeServerFraming({ random: anyRandom })
  another.push(hexToBytes(padded.tag))
  for (let i = 0; i < 50; i++) {
    const frame = another.encodeQuickAck(token)
    assert.ok(frame.length >= 12 && frame.length < 16, `${frame.length} bytes`)
    assert.deepEqual(client.push(frame), [{ kind: 'quickAck', token }])
  }
  // Other implementations pad with up to eight bytes.
  const longest = concatBytes(hexToBytes('10000000ffffffff3631c6e3'), anyRandom(8))
  assert.deepEqual(client.push(longest), [{ kind: 'quickAck', token }])
})

test('transport errors are sent without padding and recognised with it', () => {
  const client = makeClientFraming('padded', { random: anyRandom })
  const server = makeServerFraming({ random: anyRandom })
  server.push(hexToBytes(padded.tag))
  for (const [code, frame] of Object.entries(padded.transport_errors_unpadded)) {
    for (let i = 0; i < 8; i++) {
      assert.equal(bytesToHex(server.encodeFrame(encodeTransportError(Number(code)))), frame)
    }
    assert.deepEqual(client.push(hexToBytes(frame)), [{ kind: 'transportError', code: Number(code) }])
    const later = hexToBytes(`09000000${frame.slice(8)}0102030405`)
    assert.deepEqual(client.push(later), [{ kind: 'transportError', code: Number(code) }])
  }
})

test('a padded frame that is too short or too long fails, and one that is not a packet is left unchanged', () => {
  for (const [head, code] of [
    ['00000000', 'FRAME_LENGTH_INVALID'],
    ['03000000', 'FRAME_LENGTH_INVALID'],
    ['ffffff7f', 'FRAME_TOO_LARGE'],
  ]) {
    const [frame] = makeServerFraming({ random: anyRandom }).push(hexToBytes(padded.tag + head))
    assert.equal(frame?.kind === 'failed' && frame.error.code, code)
  }
  // An unencrypted message with a negative length, one that is longer than its frame, and too few bytes.
  for (const packet of [
    '0000000000000000010000000000000000ffffff01020304',
    '00000000000000000100000000000000ffffff7f01020304',
    '000000000000',
    '0102030405060708090a',
  ]) {
    const length = Uint8Array.of(packet.length / 2, 0, 0, 0)
    const [frame] = makeServerFraming({ random: anyRandom }).push(
      concatBytes(hexToBytes(padded.tag), length, hexToBytes(packet)),
    )
    assert.equal(frame?.kind === 'payload' && bytesToHex(frame.payload), packet)
  }
})

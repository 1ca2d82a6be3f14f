import assert from 'node:assert/strict'
import { test } from 'node:test'
import vectors from '../../../../test/vectors/transports.json' with { type: 'json' }
import { bytesToHex, hexToBytes } from '../crypto/index.ts'
import { UsageError } from '../errors.ts'
import { encodeTransportError, type Frame, makeClientFraming, makeServerFraming } from './index.ts'

const { cases } = vectors.obfuscated2
const REQUESTS = [vectors.payloads.small_40, vectors.payloads.mid_504]
const KINDS = new Map([
  ['abridged_plain', 'abridged'],
  ['intermediate_plain_dc', 'intermediate'],
  ['padded_plain', 'padded'],
  ['padded_mtproxy_secret_test_media', 'padded'],
] as const)
const anyRandom = (length: number) => crypto.getRandomValues(new Uint8Array(length))
const zeros = (length: number) => new Uint8Array(length)
const OTHER_SECRET = new Uint8Array(16).fill(7)

/** These bytes first, then zeros: no padding. */
function headerFrom(...headers: string[]) {
  return (length: number) => (length === 64 ? hexToBytes(headers.shift() ?? '') : zeros(length))
}

function payloadsOf(frames: readonly Frame[]): string[] {
  return frames.map((frame) => (frame.kind === 'payload' ? bytesToHex(frame.payload) : frame.kind))
}

for (const vector of cases) {
  const kind = KINDS.get(vector.name as Parameters<typeof KINDS.get>[0]) ?? assert.fail(vector.name)
  const secret = vector.secret === null ? undefined : hexToBytes(vector.secret)
  const answer = vector.server_frames_clear[0]?.slice(kind === 'abridged' ? 2 : 8) ?? ''
  const streamFromClient = vector.init_on_wire + vector.client_frames_on_wire.join('')
  const client = () => {
    const random = headerFrom(vector.random_with_tag)
    return makeClientFraming(kind, { random, obfuscation: { secret }, dcId: vector.dc_id ?? undefined })
  }

  test(`a client obfuscates ${vector.name} as in the vector and reads the answers`, () => {
    const framing = client()
    const sent = REQUESTS.map((payload) => bytesToHex(framing.encodeFrame(hexToBytes(payload))))
    assert.equal(sent.join(''), streamFromClient)
    const frames = vector.server_frames_on_wire.flatMap((frame) => framing.push(hexToBytes(frame)))
    assert.deepEqual(frames, [
      { kind: 'payload', payload: hexToBytes(answer), wantsQuickAck: false },
      { kind: 'transportError', code: -404 },
    ])
  })

  test(`a server that also has other secrets reads ${vector.name} and answers as in the vector`, () => {
    const proxySecrets = [OTHER_SECRET, ...(secret ? [secret] : [])]
    for (const transport of ['detect', 'obfuscated'] as const) {
      const framing = makeServerFraming({ random: zeros, transport, proxySecrets })
      assert.deepEqual(payloadsOf(framing.push(hexToBytes(streamFromClient))), REQUESTS)
      assert.equal(framing.kind, kind)
      // Only clients of an MTProxy are believed: −10002 is the second test data centre, for files.
      assert.equal(framing.namedDc, secret && Math.abs(vector.dc_id ?? 0) % 10_000)
      const sent = [hexToBytes(answer), encodeTransportError(-404)].map((payload) =>
        bytesToHex(framing.encodeFrame(payload)),
      )
      assert.deepEqual(sent, vector.server_frames_on_wire)
    }
  })
}

test('a header that looks like another transport is drawn again', () => {
  const [vector] = cases
  const good = vector?.random_with_tag ?? ''
  const forbidden = vectors.obfuscated2.forbidden_first_ints_le.map((text) => {
    const int = Number(text)
    return bytesToHex(Uint8Array.of(int, int >> 8, int >> 16, int >> 24))
  })
  const headers = [
    ...forbidden.map((first) => first + good.slice(8)),
    vectors.obfuscated2.forbidden_first_byte + good.slice(2),
    `${good.slice(0, 8)}00000000${good.slice(16)}`,
  ]
  assert.equal(headers.length, 9)
  const random = headerFrom(...headers, good)
  const framing = makeClientFraming('abridged', { random, obfuscation: {} })
  const first = framing.encodeFrame(hexToBytes(vectors.payloads.small_40))
  assert.equal(bytesToHex(first.subarray(0, 64)), vector?.init_on_wire)
})

test("a dd secret makes the transport padded, at whatever place in the server's list", () => {
  const secret = hexToBytes('dd00112233445566778899aabbccddeeff')
  const client = makeClientFraming('intermediate', { random: anyRandom, obfuscation: { secret } })
  assert.equal(client.kind, 'padded')
  const server = makeServerFraming({ random: anyRandom, proxySecrets: [OTHER_SECRET, secret.subarray(1)] })
  const frames = server.push(client.encodeFrame(hexToBytes(vectors.payloads.mid_504)))
  assert.deepEqual(payloadsOf(frames), [vectors.payloads.mid_504])
  assert.equal(server.kind, 'padded')
})

test('secrets and framings that do not fit obfuscation are refused', () => {
  const ee = hexToBytes('ee00112233445566778899aabbccddeeff676f6f676c652e636f6d')
  for (const secret of [ee.subarray(0, 17), zeros(15), zeros(17), zeros(0)]) {
    assert.throws(
      () => makeClientFraming('abridged', { random: anyRandom, obfuscation: { secret } }),
      (error) => error instanceof UsageError && error.code === 'MTPROXY_SECRET_INVALID',
    )
  }
  for (const kind of ['full', 'bare'] as const) {
    assert.throws(
      () => makeClientFraming(kind, { random: anyRandom, obfuscation: {} }),
      (error) => error instanceof UsageError && error.code === 'FRAMING_INVALID',
    )
  }
  assert.equal(
    makeClientFraming('abridged', { random: anyRandom, obfuscation: { secret: ee } }).kind,
    'padded',
  )
  // Any 16 bytes are a secret, whatever their first one.
  const secret = ee.subarray(0, 16)
  assert.equal(makeClientFraming('abridged', { random: anyRandom, obfuscation: { secret } }).kind, 'abridged')
})

test('a header under an unknown secret ends the connection without an answer', () => {
  for (const proxySecrets of [[], [OTHER_SECRET]]) {
    const obfuscation = { secret: new Uint8Array(16).fill(1) }
    const client = makeClientFraming('padded', { random: anyRandom, obfuscation })
    const stream = client.encodeFrame(hexToBytes(vectors.payloads.small_40))
    const server = makeServerFraming({ random: anyRandom, proxySecrets })
    assert.deepEqual(server.push(stream.subarray(0, 63)), [])
    const frames = server.push(stream.subarray(63))
    assert.deepEqual(
      frames.map((frame) => frame.kind === 'failed' && frame.error.code),
      ['TRANSPORT_UNKNOWN'],
    )
    assert.deepEqual(server.push(stream), [])
    assert.equal(server.encodeFrame(encodeTransportError(-404)).length, 0)
  }
})

test('a WebSocket stream counts as obfuscated even if its first bytes look like another transport', () => {
  const server = makeServerFraming({ random: anyRandom, transport: 'obfuscated' })
  const frames = server.push(new Uint8Array(64).fill(0xef))
  assert.deepEqual(
    frames.map((frame) => frame.kind === 'failed' && frame.error.code),
    ['TRANSPORT_UNKNOWN'],
  )
})

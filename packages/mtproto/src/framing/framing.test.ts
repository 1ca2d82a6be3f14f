import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import vectors from '../../../../test/vectors/transports.json' with { type: 'json' }
import { bytesToHex, concatBytes, hexToBytes } from '../crypto/index.ts'
import {
  encodeTransportError,
  type Frame,
  type FrameDecoder,
  MAX_FRAME_BYTES,
  makeClientFraming,
  makeServerFraming,
} from './index.ts'

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
const NAMES = ['small_40', 'mid_504', 'big_508'] as const
const TAGGED = ['abridged', 'intermediate'] as const
const payloads = NAMES.map((name) => vectors.payloads[name])
const fullFrames = vectors.full.frames_in_order.map(({ frame }) => frame)
type Kind = (typeof TAGGED)[number] | 'full'
const framesOf = (kind: Kind) =>
  kind === 'full' ? fullFrames : NAMES.map((name) => vectors[kind].frames[name])
const tagOf = (kind: Kind) => (kind === 'full' ? '' : vectors[kind].tag)

for (const kind of ['abridged', 'intermediate', 'full'] as const) {
  test(`a client speaks ${kind} as in the vectors, its tag first`, () => {
    const framing = makeClientFraming(kind, { random })
    const sent = payloads.map((payload) => bytesToHex(framing.encodeFrame(hexToBytes(payload))))
    assert.equal(sent.join(''), tagOf(kind) + framesOf(kind).join(''))
    assert.deepEqual(textOf(framing.push(hexToBytes(framesOf(kind).join('')))), payloads)
  })

  test(`a server recognises ${kind} by its first bytes and answers in it`, () => {
    const framing = makeServerFraming({ random })
    assert.equal(framing.kind, undefined)
    const frames = framing.push(hexToBytes(tagOf(kind) + framesOf(kind).join('')))
    assert.deepEqual(textOf(frames), payloads)
    assert.equal(framing.kind, kind)
    const sent = payloads.map((payload) => bytesToHex(framing.encodeFrame(hexToBytes(payload))))
    assert.deepEqual(sent, framesOf(kind))
  })

  test(`the frames of ${kind} are the same however the stream is cut`, () => {
    const stream = hexToBytes(tagOf(kind) + framesOf(kind).join(''))
    const cuts = fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 40 })
    fc.assert(
      fc.property(cuts, (at) =>
        assert.deepEqual(textOf(...pushCut(makeServerFraming({ random }), stream, at)), payloads),
      ),
      { numRuns: 100 },
    )
    const everywhere = Array.from({ length: stream.length }, (_, i) => i)
    assert.deepEqual(textOf(...pushCut(makeServerFraming({ random }), stream, everywhere)), payloads)
  })

  test(`a transport error reaches a ${kind} client as its number`, () => {
    const errors = kind === 'full' ? vectors.full.transport_errors_seq0 : vectors[kind].transport_errors
    for (const [code, frame] of Object.entries(errors)) {
      const frames = makeClientFraming(kind, { random }).push(hexToBytes(frame))
      assert.deepEqual(frames, [{ kind: 'transportError', code: Number(code) }])
      const server = makeServerFraming({ random })
      server.push(hexToBytes(tagOf(kind) + framesOf(kind)[0]))
      assert.equal(bytesToHex(server.encodeFrame(encodeTransportError(Number(code)))), frame)
    }
  })
}

for (const kind of TAGGED) {
  test(`a request for a quick acknowledgement over ${kind} is an ordinary frame`, () => {
    const requests = NAMES.map((name) => vectors[kind].frames_quick_ack_request[name])
    const client = makeClientFraming(kind, { random })
    const sent = payloads.map((payload) => bytesToHex(client.encodeFrame(hexToBytes(payload), true)))
    assert.equal(sent.join(''), tagOf(kind) + requests.join(''))
    const frames = makeServerFraming({ random }).push(hexToBytes(tagOf(kind) + requests.join('')))
    assert.deepEqual(textOf(frames), payloads)
    assert.ok(frames.every((frame) => frame.kind === 'payload' && frame.wantsQuickAck))
  })

  test(`a quick acknowledgement over ${kind} matches the vectors`, () => {
    const token = vectors.quick_ack_source.token_uint32
    const server = makeServerFraming({ random })
    server.push(hexToBytes(tagOf(kind)))
    assert.equal(bytesToHex(server.encodeQuickAck(token)), vectors[kind].quick_ack_from_server)
    const stream = hexToBytes(vectors[kind].quick_ack_from_server + framesOf(kind)[0])
    for (const cut of [0, 1, 2, 3, 4, 5]) {
      const [ack, frame] = pushCut(makeClientFraming(kind, { random }), stream, [cut])
      assert.deepEqual(ack, { kind: 'quickAck', token })
      assert.equal(frame?.kind, 'payload')
    }
  })
}

for (const [name, first] of [
  ['http', bytesToHex(new TextEncoder().encode('POST /api'))],
  ['http', bytesToHex(new TextEncoder().encode('GET /apiws'))],
] as const) {
  test(`a server says that it does not support ${name}, on ${first.slice(0, 8)}`, () => {
    const framing = makeServerFraming({ random })
    const frames = pushCut(framing, hexToBytes(first), [1, 2, 3, 4, 5, 6, 7])
    assert.deepEqual(failureCodes(frames), ['TRANSPORT_UNSUPPORTED'])
    assert.deepEqual(framing.push(hexToBytes(first)), [])
    assert.equal(framing.encodeFrame(new Uint8Array(4)).length, 0)
  })
}

test('a broken transport fails once, and the frames before it still count', () => {
  const broken: readonly (readonly [Kind, string, string])[] = [
    ['abridged', '00', 'FRAME_LENGTH_INVALID'],
    ['abridged', '7f000000', 'FRAME_LENGTH_INVALID'],
    ['abridged', '7fffffff', 'FRAME_TOO_LARGE'],
    ['intermediate', '00000000', 'FRAME_LENGTH_INVALID'],
    ['intermediate', '29000000', 'FRAME_LENGTH_INVALID'],
    ['intermediate', 'fcffff7f', 'FRAME_TOO_LARGE'],
    ['full', '0c000000', 'FRAME_LENGTH_INVALID'],
    ['full', '11000000', 'FRAME_LENGTH_INVALID'],
    ['full', 'fcffffff', 'FRAME_TOO_LARGE'],
    ['full', fullFrames[2] ?? '', 'FRAME_SEQ_MISMATCH'],
    ['full', (fullFrames[1] ?? '').replace(/.$/, '0'), 'FRAME_CRC_MISMATCH'],
  ]
  for (const [kind, bytes, code] of broken) {
    const stream = hexToBytes(tagOf(kind) + framesOf(kind)[0] + bytes)
    for (const cuts of [[], [10], [stream.length - 1]]) {
      const framing = makeServerFraming({ random })
      const frames = pushCut(framing, stream, cuts)
      assert.deepEqual([textOf(...frames), failureCodes(frames)], [[payloads[0]], [code]])
      assert.deepEqual(framing.push(stream), [])
    }
  }
})

test('a frame of the largest size is read, and a larger one is refused', () => {
  const payload = new Uint8Array(MAX_FRAME_BYTES - 4).fill(1)
  const frame = makeClientFraming('intermediate', { random }).encodeFrame(payload)
  const frames = pushCut(makeServerFraming({ random }), frame, [5, 70_000, 4_000_000])
  assert.equal(frames[0]?.kind === 'payload' && frames[0].payload.length, payload.length)
  assert.deepEqual(failureCodes(makeServerFraming({ random, maxFrameBytes: frame.length - 8 }).push(frame)), [
    'FRAME_TOO_LARGE',
  ])
})

test('a frame that was only announced takes no memory', () => {
  const head = hexToBytes('eeeeeeee0000400001020304')
  const before = process.memoryUsage().arrayBuffers
  const framings = Array.from({ length: 100 }, () => {
    const framing = makeServerFraming({ random })
    assert.deepEqual(pushCut(framing, head, [9]), [])
    return framing
  })
  const held = process.memoryUsage().arrayBuffers - before
  assert.ok(held < framings.length * 4096, `${held} bytes for ${framings.length} connections`)
})

test('any bytes give frames or one typed failure, the same however they are cut', () => {
  const streams = fc.tuple(
    fc.constantFrom('', 'ef', 'eeeeeeee', '3400000000000000'),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(fc.nat(300), { maxLength: 10 }),
  )
  fc.assert(
    fc.property(streams, ([head, bytes, cuts]) => {
      const stream = concatBytes(hexToBytes(head), bytes)
      const whole = makeServerFraming({ random, maxFrameBytes: 1 << 16 }).push(stream)
      const inParts = pushCut(makeServerFraming({ random, maxFrameBytes: 1 << 16 }), stream, cuts)
      assert.deepEqual(inParts, whole)
      assert.ok(failureCodes(whole).length <= 1)
      for (const kind of ['abridged', 'intermediate', 'full'] as const)
        makeClientFraming(kind, { random }).push(stream)
    }),
    { numRuns: 300 },
  )
})

/** Pushes a stream in parts; copies the payloads, which are only valid until the next push. */
function pushCut(decoder: FrameDecoder, stream: Uint8Array, cuts: readonly number[]): Frame[] {
  const bounds = [0, ...cuts.filter((cut) => cut <= stream.length).toSorted((a, b) => a - b), stream.length]
  return bounds.slice(1).flatMap((end, i) => {
    // The chunk is wiped afterwards, as by a socket that reads into one buffer.
    const chunk = stream.slice(bounds[i], end)
    const frames = decoder
      .push(chunk)
      .map((frame) => (frame.kind === 'payload' ? { ...frame, payload: frame.payload.slice() } : frame))
    chunk.fill(0xaa)
    return frames
  })
}

function textOf(...frames: readonly (Frame | readonly Frame[])[]): string[] {
  return frames.flat().flatMap((frame) => (frame.kind === 'payload' ? [bytesToHex(frame.payload)] : []))
}

function failureCodes(frames: readonly Frame[]): string[] {
  return frames.flatMap((frame) => (frame.kind === 'failed' ? [frame.error.code] : []))
}

for (const obfuscation of [undefined, {}]) {
  test(`a frame over several chunks may be looked at until the next one comes, ${obfuscation ? '' : 'not '}obfuscated`, () => {
    const client = makeClientFraming('intermediate', { random, obfuscation })
    const server = makeServerFraming({ random })
    const payloads = [1, 2].map((byte) => new Uint8Array(200_000).fill(byte))
    const seen: Uint8Array[] = []
    for (const payload of payloads) {
      const stream = client.encodeFrame(payload)
      for (let at = 0; at < stream.length; at += 65_536) {
        for (const frame of server.push(stream.slice(at, at + 65_536))) {
          assert.ok(frame.kind === 'payload')
          assert.deepEqual(frame.payload, payload)
          seen.push(frame.payload)
        }
      }
    }
    assert.deepEqual(
      seen.map(({ length }) => length),
      [0, 200_000],
      'the memory of the first is freed by then',
    )
    server.release()
    assert.equal(seen[1]?.length, 0, 'and that of the last one once it is released')
  })
}

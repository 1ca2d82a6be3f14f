import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { concatBytes } from '../crypto/index.ts'
import {
  type Frame,
  type Framing,
  makeClientFraming,
  makeServerFraming,
  type TransportKind,
} from './index.ts'
import { startObfuscation } from './obfuscation.ts'

const SECRET = new Uint8Array(16).map((_, i) => i * 17)
const PADDED_SECRET = concatBytes(Uint8Array.of(0xdd), SECRET)
const MAX_FRAME_BYTES = 1 << 16

interface Way {
  readonly name: string
  readonly kind: Exclude<TransportKind, 'bare'>
  readonly obfuscation?: { readonly secret?: Uint8Array }
}

const WAYS: readonly Way[] = [
  ...(['abridged', 'intermediate', 'padded', 'full'] as const).map((kind) => ({ name: kind, kind })),
  ...(['abridged', 'intermediate', 'padded'] as const).flatMap((kind) => [
    { name: `obfuscated ${kind}`, kind, obfuscation: {} },
    { name: `obfuscated ${kind} with a secret`, kind, obfuscation: { secret: SECRET } },
    { name: `obfuscated ${kind} with a dd secret`, kind, obfuscation: { secret: PADDED_SECRET } },
  ]),
]

/** The same bytes for the same seed. */
function seeded(seed: number) {
  let state = seed | 1
  return (length: number) =>
    new Uint8Array(length).map(() => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0
      return state >>> 24
    })
}

function clientOf({ kind, obfuscation }: Way, seed: number): Framing {
  return makeClientFraming(kind, { random: seeded(seed), maxFrameBytes: MAX_FRAME_BYTES, obfuscation })
}

function server(transport?: 'detect' | 'obfuscated'): Framing {
  const proxySecrets = [new Uint8Array(16), SECRET]
  return makeServerFraming({ random: seeded(5), maxFrameBytes: MAX_FRAME_BYTES, transport, proxySecrets })
}

/** Bytes in the shape of a packet, encrypted or plain. */
const packet = fc.tuple(fc.nat(90), fc.nat(0xffff), fc.boolean()).map(([blocks, seed, isPlain]) => {
  if (!isPlain) return concatBytes(Uint8Array.of(1), seeded(seed)(23 + 16 + blocks * 16))
  const plain = new Uint8Array(20 + blocks * 4)
  new DataView(plain.buffer).setUint32(16, blocks * 4, true)
  return plain
})
const cuts = fc.array(fc.nat(4000), { maxLength: 30 })
const requests = fc.array(fc.tuple(packet, fc.boolean()), { minLength: 1, maxLength: 6 })

for (const way of WAYS) {
  test(`over ${way.name} both sides understand each other however the streams are cut`, () => {
    fc.assert(
      fc.property(requests, cuts, fc.nat(), (sent, at, seed) => {
        const [client, answering] = [clientOf(way, seed), server()]
        const toServer = sent.map(([payload, wantsQuickAck]) => client.encodeFrame(payload, wantsQuickAck))
        const received = pushCut(answering, concatBytes(...toServer), at)
        const hasQuickAcks = way.kind !== 'full'
        assert.deepEqual(
          received,
          sent.map(([payload, wantsQuickAck]) => ({
            kind: 'payload',
            payload,
            wantsQuickAck: wantsQuickAck && hasQuickAcks,
          })),
        )
        const toClient = sent.flatMap(([payload], i) => [
          answering.encodeQuickAck((0x80000000 | (seed + i)) >>> 0),
          answering.encodeFrame(payload),
        ])
        const expected = sent.flatMap(([payload], i): Frame[] => [
          ...(hasQuickAcks ? [{ kind: 'quickAck' as const, token: (0x80000000 | (seed + i)) >>> 0 }] : []),
          { kind: 'payload', payload, wantsQuickAck: false },
        ])
        assert.deepEqual(pushCut(client, concatBytes(...toClient), at), expected)
      }),
      { numRuns: 40 },
    )
  })

  test(`over ${way.name} any bytes give frames or one failure, the same however they are cut`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), cuts, fc.nat(), (bytes, at, seed) => {
        const stream = openingOf(way, seed, bytes)
        checkHostile(() => server(), stream, at)
        checkHostile(() => clientOf(way, seed), bytes, at)
      }),
      { numRuns: 80 },
    )
  })
}

test('a stream cut after every byte is the same stream', () => {
  for (const way of WAYS) {
    const payload = concatBytes(Uint8Array.of(1), seeded(1)(39))
    const client = clientOf(way, 3)
    const stream = concatBytes(client.encodeFrame(payload), client.encodeFrame(payload))
    const everywhere = Array.from({ length: stream.length }, (_, i) => i)
    for (const transport of way.obfuscation ? (['detect', 'obfuscated'] as const) : (['detect'] as const)) {
      const frames = pushCut(server(transport), stream, everywhere)
      assert.deepEqual(
        frames.map((frame) => frame.kind === 'payload' && frame.payload),
        [payload, payload],
      )
    }
  }
})

test('a silent connection, or one that announces data it never sends, holds two kilobytes at most', () => {
  for (const way of WAYS) {
    const stream = openingOf(
      way,
      1,
      way.kind === 'abridged' ? Uint8Array.of(0x7f, 0, 0x3f, 0) : Uint8Array.of(0, 0xff, 0, 0),
    )
    const before = process.memoryUsage().arrayBuffers
    const framings = Array.from({ length: 200 }, (_, i) => {
      const framing = server()
      assert.deepEqual(
        framing.push(stream.slice(0, i % 2 ? stream.length : Math.min(63, stream.length - 5))),
        [],
      )
      return framing
    })
    const held = process.memoryUsage().arrayBuffers - before
    assert.ok(
      held < framings.length * 4096,
      `${held} bytes for ${framings.length} connections of ${way.name}`,
    )
  }
})

test('bare framing takes each push as a payload and each payload as a frame, and an overlong one ends it', () => {
  for (const framing of [
    makeClientFraming('bare', { random: seeded(1), maxFrameBytes: 64 }),
    makeServerFraming({ random: seeded(1), maxFrameBytes: 64, transport: 'bare' }),
  ]) {
    assert.equal(framing.kind, 'bare')
    const payload = seeded(9)(64)
    assert.deepEqual(framing.push(payload), [{ kind: 'payload', payload, wantsQuickAck: false }])
    assert.deepEqual(framing.encodeFrame(payload, true), payload)
    assert.equal(framing.encodeQuickAck(1).length, 0)
    const failures = framing.push(new Uint8Array(65))
    assert.deepEqual(
      failures.map((frame) => frame.kind === 'failed' && frame.error.code),
      ['FRAME_TOO_LARGE'],
    )
    assert.deepEqual(framing.push(payload), [])
  }
})

/** The start of a client's stream, up to its first frame, followed by these bytes. */
function openingOf(way: Way, seed: number, bytes: Uint8Array): Uint8Array {
  const { kind, obfuscation } = way
  if (!obfuscation) {
    const first = { abridged: [0xef], intermediate: [0xee], padded: [0xdd], full: [] }[kind]
    const tag = kind === 'abridged' ? first : [...first, ...first, ...first, ...first]
    return concatBytes(Uint8Array.from(tag), bytes)
  }
  assert.ok(kind !== 'full')
  const secret = obfuscation.secret && SECRET
  const { header, encrypt } = startObfuscation({ kind, dcId: undefined, secret, random: seeded(seed) })
  return concatBytes(header, encrypt(bytes))
}

function checkHostile(make: () => Framing, stream: Uint8Array, at: readonly number[]): void {
  const whole = make().push(stream)
  assert.deepEqual(pushCut(make(), stream, at), whole)
  const failures = whole.filter((frame) => frame.kind === 'failed')
  assert.ok(failures.length === 0 || (failures.length === 1 && whole.at(-1)?.kind === 'failed'))
}

/** Pushes a stream in parts; copies the payloads, which are only valid until the next push. */
function pushCut(framing: Framing, stream: Uint8Array, at: readonly number[]): Frame[] {
  const bounds = [0, ...at.filter((cut) => cut <= stream.length).toSorted((a, b) => a - b), stream.length]
  return bounds.slice(1).flatMap((end, i) => {
    // The chunk is wiped afterwards, as by a socket that reads into one buffer.
    const chunk = stream.slice(bounds[i], end)
    const frames = framing
      .push(chunk)
      .map((frame) => (frame.kind === 'payload' ? { ...frame, payload: frame.payload.slice() } : frame))
    chunk.fill(0xaa)
    return frames
  })
}

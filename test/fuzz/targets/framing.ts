import { deepStrictEqual, ok } from 'node:assert'
import {
  type Frame,
  type Framing,
  makeClientFraming,
  makeServerFraming,
} from '../../../packages/mtproto/src/framing/index.ts'
import { startObfuscation } from '../../../packages/mtproto/src/framing/obfuscation.ts'
import type { Rng } from '../../simulation/rng.ts'
import { Bytes, join, pick, poolRandom, type Target, word } from '../target.ts'

const KINDS = ['abridged', 'intermediate', 'padded', 'full', 'bare'] as const
const TAGGED = ['abridged', 'intermediate', 'padded'] as const
const SECRET = new Uint8Array(16).map((_, i) => i * 17)
/** After this many cuts the rest of a stream comes whole. */
const MAX_PARTS = 40
const MAX_FRAME_BYTES = 1 << 12
/** Each way of obfuscation: the first bytes choose it, and the rest is encrypted as by a client. */
const WAYS = 16

/**
 * Both sides' framing, over every transport: any bytes, cut in any way, give the same frames or one
 * failure.
 */
export const framing: Target = {
  name: 'framing',
  words: [
    ...['eeeeeeee', 'dddddddd', 'ef', '7f', 'ff', 'fe', '000000', '6cfeffff', '00000080'].map((hex) =>
      Uint8Array.from(Buffer.from(hex, 'hex')),
    ),
    ...['GET ', 'POST', 'HEAD', 'OPTI', 'PROX', '\r\n\r\n'].map((text) => new TextEncoder().encode(text)),
  ],
  make(rng: Rng) {
    const payload = rng.bytes(pick(rng, [4, 8, 24, 40, 56, 120, 600]))
    const client = makeClientFraming(pick(rng, KINDS), { random: rng.bytes, maxFrameBytes: MAX_FRAME_BYTES })
    const frames = Array.from({ length: rng.between(1, 4) }, () =>
      client.encodeFrame(payload, rng.chance(0.3)),
    )
    return join(rng.bytes(2), ...frames)
  },
  run(input) {
    const bytes = new Bytes(input)
    const way = bytes.byte() % WAYS
    const cut = bytes.byte() + 1
    const { make, stream } = setUp(way, bytes.rest())
    const whole = push(make(), [stream])
    const parts = Array.from({ length: Math.min(MAX_PARTS, Math.ceil(stream.length / cut)) }, (_, i) =>
      stream.slice(i * cut, (i + 1) * cut),
    )
    const restAt = parts.length * cut
    // An HTTP body is a payload as it comes, and has no parts.
    if (way % 8 !== 4 && way !== 13) deepStrictEqual(push(make(), [...parts, stream.slice(restAt)]), whole)
    const failed = whole.findIndex(({ kind }) => kind === 'failed')
    ok(failed < 0 || failed === whole.length - 1, 'frames after the failed one')
  },
}

function setUp(way: number, bytes: Uint8Array): { make: () => Framing; stream: Uint8Array } {
  const setup = { random: poolRandom(), maxFrameBytes: MAX_FRAME_BYTES }
  if (way < 5) {
    const kind = KINDS[way] ?? 'abridged'
    return { make: () => makeClientFraming(kind, { ...setup, random: poolRandom() }), stream: bytes }
  }
  const proxySecrets = [SECRET]
  const make = (transport?: 'obfuscated' | 'bare') => () =>
    makeServerFraming({ ...setup, random: poolRandom(), transport, proxySecrets })
  if (way < 11) {
    const kind = TAGGED[way % 3] ?? 'abridged'
    const secret = way < 8 ? undefined : SECRET
    const { header, encrypt } = startObfuscation({ kind, dcId: 2, secret, random: setup.random })
    return { make: make(), stream: join(header, encrypt(bytes)) }
  }
  if (way === 11) return { make: make('obfuscated'), stream: bytes }
  if (way === 13) return { make: make('bare'), stream: bytes }
  const tag = way === 14 ? word(0xdddddddd) : way === 15 ? word(0xeeeeeeee) : new Uint8Array(0)
  return { make: make(), stream: join(tag, bytes) }
}

/**
 * Payloads are views until the next push; the chunk is wiped after each, as by a socket that reads into one
 * buffer.
 */
function push(framing: Framing, chunks: readonly Uint8Array[]): Seen[] {
  return chunks.flatMap((chunk) => {
    const own = chunk.slice()
    const frames = framing.push(own).map(copyOf)
    framing.encodeFrame(new Uint8Array(8))
    framing.encodeQuickAck(0x80000001)
    own.fill(0xaa)
    return frames
  })
}

type Seen = { readonly kind: string; readonly [field: string]: unknown }

function copyOf(frame: Frame): Seen {
  if (frame.kind === 'failed') return { kind: frame.kind, code: frame.error.code }
  return frame.kind === 'payload' ? { ...frame, payload: frame.payload.slice() } : { ...frame }
}

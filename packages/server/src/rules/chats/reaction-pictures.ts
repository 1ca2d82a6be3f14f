import { gzipSync } from 'node:zlib'
import { REACTION_EMOJI } from './reaction-emoji.ts'

/** A picture of a reaction. The server draws it: a coloured square that stands still, or a circle for players of animations. */
export interface ReactionPicture {
  /** It is the same on every server. */
  readonly id: bigint
  readonly emoji: string
  readonly format: 'webp' | 'tgs'
  readonly bytes: Uint8Array
}

/** The two pictures of a reaction. */
export interface ReactionPictures {
  readonly emoji: string
  readonly still: ReactionPicture
  readonly moving: ReactionPicture
}

/** Width and height of every picture, in pixels. */
export const PICTURE_SIZE = 512
/** Red, green and blue, from 0 to 1. */
type Colour = readonly [number, number, number]

/** Drawn on first use. */
let drawn: readonly ReactionPictures[] | undefined
const byId = new Map<bigint, ReactionPicture>()

/** The pictures of all reactions, in the order of the emoji. */
export function reactionPictures(): readonly ReactionPictures[] {
  drawn ??= REACTION_EMOJI.map(draw)
  return drawn
}

/** Finds a picture by its id. */
export function reactionPicture(id: bigint): ReactionPicture | undefined {
  if (byId.size === 0)
    for (const { still, moving } of reactionPictures()) byId.set(still.id, still).set(moving.id, moving)
  return byId.get(id)
}

function draw(emoji: string, index: number): ReactionPictures {
  const colour = colourOf(index)
  const [stillId, movingId] = [BigInt(2 * index + 1), BigInt(2 * index + 2)]
  return {
    emoji,
    still: { id: stillId, emoji, format: 'webp', bytes: square(colour) },
    moving: { id: movingId, emoji, format: 'tgs', bytes: circle(colour) },
  }
}

/** Neighbours differ: each hue is a golden angle further. */
function colourOf(index: number): Colour {
  const GOLDEN_ANGLE = 137.5
  const hue = (index * GOLDEN_ANGLE) / 60
  const part = (shift: number): number => {
    const at = (hue + shift) % 6
    return Math.min(1, Math.max(0, Math.abs(at - 3) - 1))
  }
  return [part(0), part(4), part(2)]
}

/** A lossless WebP of one colour. Every code has a single symbol, so that the pixels take no bits. */
function square(colour: Colour): Uint8Array {
  const [red, green, blue] = colour.map((part) => Math.round(part * 255)) as [number, number, number]
  const bits = new Bits()
  bits.add(PICTURE_SIZE - 1, 14).add(PICTURE_SIZE - 1, 14)
  // No transparency, and version 0.
  bits.add(0, 1).add(0, 3)
  // No transform, no cache of colours, one group of codes.
  bits.add(0, 1).add(0, 1).add(0, 1)
  const OPAQUE = 255
  for (const symbol of [green, red, blue, OPAQUE]) bits.add(0b101, 3).add(symbol, 8)
  // The code of distances, which no pixel uses.
  bits.add(0b001, 3).add(0, 1)
  const SIGNATURE = 0x2f
  const data = Buffer.from([SIGNATURE, ...bits.bytes()])
  const padded = Buffer.concat([data, Buffer.alloc(data.length % 2)])
  const chunk = Buffer.concat([Buffer.from('WEBPVP8L'), int32(data.length), padded])
  return Buffer.concat([Buffer.from('RIFF'), int32(chunk.length), chunk])
}

/** An animated sticker: gzipped Lottie. */
function circle(colour: Colour): Uint8Array {
  const fixed = (k: unknown) => ({ a: 0, k })
  const [FRAMES_PER_SECOND, FRAMES] = [60, 60]
  const place = { p: fixed([0, 0]), a: fixed([0, 0]), s: fixed([100, 100]), r: fixed(0), o: fixed(100) }
  const middle = fixed([PICTURE_SIZE / 2, PICTURE_SIZE / 2, 0])
  const shape = {
    ty: 'gr',
    it: [
      { ty: 'el', d: 1, s: fixed([400, 400]), p: fixed([0, 0]) },
      { ty: 'fl', c: fixed([...colour, 1]), o: fixed(100), r: 1 },
      { ty: 'tr', ...place },
    ],
  }
  const ks = { ...place, p: middle, a: fixed([0, 0, 0]), s: fixed([100, 100, 100]) }
  const layer = {
    ddd: 0,
    ind: 1,
    ty: 4,
    nm: 'circle',
    sr: 1,
    ks,
    ao: 0,
    shapes: [shape],
    ip: 0,
    op: FRAMES,
    st: 0,
    bm: 0,
  }
  const size = { w: PICTURE_SIZE, h: PICTURE_SIZE }
  const head = {
    tgs: 1,
    v: '5.5.2',
    fr: FRAMES_PER_SECOND,
    ip: 0,
    op: FRAMES,
    ...size,
    nm: 'reaction',
    ddd: 0,
    assets: [],
  }
  return gzipSync(JSON.stringify({ ...head, layers: [layer] }))
}

/** Numbers of some bits, the lowest bit first. */
class Bits {
  #value = 0n
  #length = 0

  add(value: number, length: number): this {
    this.#value |= BigInt(value) << BigInt(this.#length)
    this.#length += length
    return this
  }

  bytes(): number[] {
    return Array.from({ length: Math.ceil(this.#length / 8) }, (_, at) =>
      Number((this.#value >> BigInt(8 * at)) & 0xffn),
    )
  }
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

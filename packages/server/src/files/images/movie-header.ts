import { type ByteSource, ByteWindow, viewOf } from './byte-window.ts'
import type { Dimensions } from './dimensions.ts'
import { KIND_BYTES, kindOf } from './file-kind.ts'

/** Boxes that are looked at: lengths inside a file are the words of strangers. */
const MAX_BOXES = 256
const LONG_HEAD_BYTES = 16
/** Version and flags of a track's header, its times, number and length, and all up to its sides; and the sides. */
const TRACK_BYTES = 4 + 32 + 52 + 8

/**
 * Reads the sides of a film in MP4 or QuickTime from the header of its first track that has some, and decodes nothing.
 *
 * @returns nothing for what is no film, or shows no picture
 */
export async function readMovieHeader(source: ByteSource): Promise<Dimensions | undefined> {
  const bytes = new ByteWindow(source)
  const first = await bytes.at(0, Math.min(source.size, KIND_BYTES))
  const kind = first === undefined ? 'unknown' : kindOf(first)
  if (kind !== 'mp4' && kind !== 'mov') return undefined
  return await sidesWithin({ bytes, boxes: 0 }, 0, source.size, ['moov', 'trak', 'tkhd'])
}

interface Walk {
  readonly bytes: ByteWindow
  boxes: number
}

/** Looks for boxes of one type inside another, and in each for the next type. */
async function sidesWithin(
  on: Walk,
  from: number,
  end: number,
  [type, ...inner]: readonly string[],
): Promise<Dimensions | undefined> {
  for (let at = from; on.boxes < MAX_BOXES; on.boxes += 1) {
    const box = await boxAt(on, at, end)
    if (box === undefined) return undefined
    if (box.type === type) {
      const found =
        inner.length === 0 ? await sidesOf(on, box) : await sidesWithin(on, box.from, box.end, inner)
      if (found !== undefined) return found
    }
    at = box.end
  }
  return undefined
}

interface Box {
  readonly type: string
  readonly from: number
  readonly end: number
}

async function boxAt({ bytes }: Walk, at: number, outerEnd: number): Promise<Box | undefined> {
  const head = await bytes.at(at, Math.min(LONG_HEAD_BYTES, outerEnd - at))
  if (head === undefined || head.length < 8) return undefined
  const view = viewOf(head)
  const isLong = view.getUint32(0) === 1
  if (isLong && head.length < LONG_HEAD_BYTES) return undefined
  const end = at + (isLong ? Number(view.getBigUint64(8)) : view.getUint32(0))
  const from = at + (isLong ? LONG_HEAD_BYTES : 8)
  const type = String.fromCharCode(...head.subarray(4, 8))
  return end >= from && end <= outerEnd ? { type, from, end } : undefined
}

/** The sides are numbers of 16 bits with a fraction of 16; those of sound are 0. */
async function sidesOf({ bytes }: Walk, { from, end }: Box): Promise<Dimensions | undefined> {
  const body = await bytes.at(from, Math.min(TRACK_BYTES, end - from))
  if (body === undefined) return undefined
  const sidesAt = body[0] === 1 ? TRACK_BYTES - 8 : TRACK_BYTES - 8 - 12
  if (body.length < sidesAt + 8) return undefined
  const view = viewOf(body)
  const [width, height] = [view.getUint16(sidesAt), view.getUint16(sidesAt + 4)]
  return width > 0 && height > 0 ? { width, height } : undefined
}

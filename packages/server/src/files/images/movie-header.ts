import { type ByteSource, ByteWindow, viewOf } from './byte-window.ts'
import type { Dimensions } from './dimensions.ts'
import { KIND_BYTES, kindOf } from './file-kind.ts'

/** Boxes that are looked at: lengths inside a file are the words of strangers. */
const MAX_BOXES = 256
const LONG_HEAD_BYTES = 16
/** Version and flags of a track's header, its times, number and length, and all up to its sides; and the sides. */
const TRACK_BYTES = 4 + 32 + 52 + 8
/** Version and flags, a number that is 0, and the type of what handles the track. */
const HANDLER_BYTES = 4 + 4 + 4

/**
 * Reads the sides of a film in MP4 or QuickTime from the header of its first track that has some, and decodes nothing.
 *
 * @returns nothing for what is no film, or shows no picture
 */
export async function readMovieHeader(source: ByteSource): Promise<Dimensions | undefined> {
  const film = await filmIn(source)
  return film && (await findWithin(film, film.whole, ['moov', 'trak', 'tkhd'], sidesOf))
}

/** Tells whether a film in MP4 or QuickTime has tracks of which none is sound. */
export async function isSilentMovie(source: ByteSource): Promise<boolean> {
  const film = await filmIn(source)
  if (film === undefined) return false
  const tracks = new Set<string>()
  await findWithin(film, film.whole, ['moov', 'trak', 'mdia', 'hdlr'], async (walk, box) => {
    tracks.add(await handlerOf(walk, box))
    return undefined
  })
  return tracks.has('vide') && !tracks.has('soun') && film.boxes < MAX_BOXES
}

interface Walk {
  readonly bytes: ByteWindow
  readonly whole: Box
  boxes: number
}

async function filmIn(source: ByteSource): Promise<Walk | undefined> {
  const bytes = new ByteWindow(source)
  const first = await bytes.at(0, Math.min(source.size, KIND_BYTES))
  const type = first === undefined ? 'unknown' : kindOf(first)
  if (type !== 'mp4' && type !== 'mov') return undefined
  return { bytes, whole: { type, from: 0, end: source.size }, boxes: 0 }
}

/** Looks for boxes of one type inside another, and in each for the next type, until one of the last type has what is sought. */
async function findWithin<T>(
  on: Walk,
  { from, end }: Box,
  [type, ...inner]: readonly string[],
  read: (on: Walk, box: Box) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let at = from; on.boxes < MAX_BOXES; on.boxes += 1) {
    const box = await boxAt(on, at, end)
    if (box === undefined) return undefined
    if (box.type === type) {
      const found = inner.length === 0 ? await read(on, box) : await findWithin(on, box, inner, read)
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

/** Four letters that say of what a track is: `vide`, `soun`; none if the box is too short. */
async function handlerOf({ bytes }: Walk, { from, end }: Box): Promise<string> {
  const body = await bytes.at(from, Math.min(HANDLER_BYTES, end - from))
  return String.fromCharCode(...(body?.subarray(HANDLER_BYTES - 4) ?? []))
}

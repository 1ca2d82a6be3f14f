import { type ByteWindow, viewOf } from './byte-window.ts'
import type { Dimensions } from './dimensions.ts'

/** Segments and bytes between them that are looked at: a photo of a camera has some dozens. */
const MAX_STEPS = 4096

const MARKER = {
  startOfImage: 0xd8,
  endOfImage: 0xd9,
  startOfScan: 0xda,
  exif: 0xe1,
} as const

/** Frames of every kind, without the tables whose markers lie between them. */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

/** Markers that stand alone, without a length. */
function isAlone(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= MARKER.startOfImage)
}

/** Walks the segments to the frame, and turns the picture as its Exif says. */
export async function jpegDimensions(bytes: ByteWindow): Promise<Dimensions | undefined> {
  let at = 2
  let isTurned = false
  for (let step = 0; step < MAX_STEPS; step++) {
    const start = await bytes.at(at, 2)
    if (start === undefined) return undefined
    const [prefix = 0, marker = 0] = start
    // Decoders skip what lies between segments, and the bytes that fill up before a marker.
    if (prefix !== 0xff || marker === 0xff || marker === 0x00) {
      at += 1
    } else if (isAlone(marker)) {
      at += 2
    } else if (marker === MARKER.startOfScan || marker === MARKER.endOfImage) {
      return undefined
    } else {
      const length = lengthIn(await bytes.at(at + 2, 2))
      if (length === undefined) return undefined
      if (isStartOfFrame(marker)) return frameOf(await bytes.at(at + 4, 5), isTurned)
      if (marker === MARKER.exif) isTurned ||= turns(await bytes.at(at + 4, length - 2))
      at += 2 + length
    }
  }
  return undefined
}

/** The length of a segment counts itself. */
function lengthIn(bytes: Uint8Array | undefined): number | undefined {
  if (bytes === undefined) return undefined
  const length = viewOf(bytes).getUint16(0)
  return length >= 2 ? length : undefined
}

/** Reads precision, height and width of a frame. */
function frameOf(frame: Uint8Array | undefined, isTurned: boolean): Dimensions | undefined {
  if (frame === undefined) return undefined
  const view = viewOf(frame)
  const [height, width] = [view.getUint16(1), view.getUint16(3)]
  return isTurned ? { width: height, height: width } : { width, height }
}

/** The header of Exif, the byte order of TIFF, 42, and the offset of the first directory. */
const EXIF_BYTES = 6
const TIFF_BYTES = 8
const ENTRY_BYTES = 12
const ORIENTATION_TAG = 0x0112
const SHORT_TYPE = 3

/** Tells whether a viewer turns the picture by a quarter: the orientations 5 to 8. */
function turns(segment: Uint8Array | undefined): boolean {
  if (segment === undefined || segment.length < EXIF_BYTES + TIFF_BYTES) return false
  if (String.fromCharCode(...segment.subarray(0, EXIF_BYTES)) !== 'Exif\0\0') return false
  const tiff = segment.subarray(EXIF_BYTES)
  const order = String.fromCharCode(...tiff.subarray(0, 2))
  if (order !== 'II' && order !== 'MM') return false
  const orientation = orientationIn(viewOf(tiff), order === 'II')
  return orientation >= 5 && orientation <= 8
}

/** The orientation in the first directory; 1, as it is, where there is none. */
function orientationIn(tiff: DataView, isLittle: boolean): number {
  const directory = tiff.getUint32(4, isLittle)
  if (tiff.getUint16(2, isLittle) !== 42 || directory + 2 > tiff.byteLength) return 1
  const count = tiff.getUint16(directory, isLittle)
  for (let n = 0; n < count; n++) {
    const entry = directory + 2 + n * ENTRY_BYTES
    if (entry + ENTRY_BYTES > tiff.byteLength) return 1
    if (tiff.getUint16(entry, isLittle) !== ORIENTATION_TAG) continue
    const isOneShort =
      tiff.getUint16(entry + 2, isLittle) === SHORT_TYPE && tiff.getUint32(entry + 4, isLittle) === 1
    return isOneShort ? tiff.getUint16(entry + 8, isLittle) : 1
  }
  return 1
}

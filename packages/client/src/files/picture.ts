/** The kinds of pictures that are known by their first bytes. */
export type PictureKind = 'jpeg' | 'png' | 'gif' | 'webp'

/** A picture, as its header tells. */
export interface Picture {
  readonly kind: PictureKind
  readonly width: number
  readonly height: number
}

/** Reads the header of a picture. Undefined for what is none, or whose header is longer than the bytes at hand. */
export function readPicture(head: Uint8Array): Picture | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  try {
    return readPng(view) ?? readGif(view) ?? readWebp(view) ?? readJpeg(view)
  } catch (error) {
    // The header goes on after the bytes at hand.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function readPng(view: DataView): Picture | undefined {
  if (!hasText(view, 1, 'PNG\r\n') || !hasText(view, 12, 'IHDR')) return undefined
  return { kind: 'png', width: view.getUint32(16), height: view.getUint32(20) }
}

function readGif(view: DataView): Picture | undefined {
  if (!hasText(view, 0, 'GIF8')) return undefined
  return { kind: 'gif', width: view.getUint16(6, true), height: view.getUint16(8, true) }
}

function readWebp(view: DataView): Picture | undefined {
  if (!hasText(view, 0, 'RIFF') || !hasText(view, 8, 'WEBP')) return undefined
  const kind = 'webp'
  if (hasText(view, 12, 'VP8 ')) {
    return { kind, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  }
  if (hasText(view, 12, 'VP8L')) {
    const bits = view.getUint32(21, true)
    return { kind, width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
  }
  const at = (from: number) => view.getUint16(from, true) + (view.getUint8(from + 2) << 16) + 1
  return hasText(view, 12, 'VP8X') ? { kind, width: at(24), height: at(27) } : undefined
}

/** Markers of JPEG: frames are C0 to CF but for the tables C4, C8 and CC. */
const TABLES: ReadonlySet<number> = new Set([0xc4, 0xc8, 0xcc])
const APP1 = 0xe1
const SCAN = 0xda

function readJpeg(view: DataView): Picture | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined
  let isTurned = false
  for (let at = 2; view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1)
    if (marker === SCAN) return undefined
    if (marker === APP1 && hasText(view, at + 4, 'Exif')) isTurned = isTurnedBy(view, at + 10)
    if (marker < 0xc0 || marker > 0xcf || TABLES.has(marker)) continue
    const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)]
    return isTurned ? { kind: 'jpeg', width: height, height: width } : { kind: 'jpeg', width, height }
  }
  return undefined
}

const ORIENTATION = 0x0112

/** Whether the orientation in EXIF lays the picture on its side. */
function isTurnedBy(view: DataView, tiff: number): boolean {
  const isLittle = view.getUint16(tiff) === 0x4949
  const directory = tiff + view.getUint32(tiff + 4, isLittle)
  const entries = view.getUint16(directory, isLittle)
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * 12
    if (view.getUint16(at, isLittle) === ORIENTATION) return view.getUint16(at + 8, isLittle) >= 5
  }
  return false
}

function hasText(view: DataView, at: number, text: string): boolean {
  if (at + text.length > view.byteLength) return false
  return [...text].every((char, i) => view.getUint8(at + i) === char.charCodeAt(0))
}

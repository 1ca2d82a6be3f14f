import { type ByteSource, ByteWindow, viewOf } from './byte-window.ts'
import type { Dimensions } from './dimensions.ts'
import { type FileKind, KIND_BYTES, kindOf } from './file-kind.ts'
import { jpegDimensions } from './jpeg-header.ts'
import { webpDimensions } from './webp-header.ts'

/** A picture, as far as its header tells. */
export interface ImageHeader extends Dimensions {
  readonly kind: 'jpeg' | 'png' | 'gif' | 'webp'
}

/** Signature, length and name of the first chunk, and its 13 bytes. */
const PNG_HEADER_BYTES = 8 + 8 + 13
const GIF_HEADER_BYTES = 6 + 4

/**
 * Reads the size of a picture from its header, and decodes nothing. Reads a few KiB of most files, and a bounded part of
 * any: lengths inside a file are the words of strangers.
 *
 * @returns nothing for what is no picture, or has no size
 * @see files.md section 3
 */
export async function readImageHeader(source: ByteSource): Promise<ImageHeader | undefined> {
  const bytes = new ByteWindow(source)
  const first = await bytes.at(0, Math.min(source.size, KIND_BYTES))
  const kind = first === undefined ? 'unknown' : kindOf(first)
  if (!isImage(kind)) return undefined
  const dimensions = await READERS[kind](bytes)
  const isShown = dimensions !== undefined && dimensions.width > 0 && dimensions.height > 0
  return isShown ? { kind, ...dimensions } : undefined
}

const READERS: Readonly<Record<ImageHeader['kind'], (bytes: ByteWindow) => Promise<Dimensions | undefined>>> =
  {
    jpeg: jpegDimensions,
    png: pngDimensions,
    gif: gifDimensions,
    webp: webpDimensions,
  }

function isImage(kind: FileKind): kind is ImageHeader['kind'] {
  return Object.hasOwn(READERS, kind)
}

async function pngDimensions(bytes: ByteWindow): Promise<Dimensions | undefined> {
  const header = await bytes.at(0, PNG_HEADER_BYTES)
  if (header === undefined) return undefined
  const view = viewOf(header)
  const isFirstChunk = view.getUint32(8) === 13 && view.getUint32(12) === 0x49_48_44_52
  const dimensions = { width: view.getUint32(16), height: view.getUint32(20) }
  // The format has no larger ones than these.
  const isPossible = dimensions.width <= 0x7fff_ffff && dimensions.height <= 0x7fff_ffff
  return isFirstChunk && isPossible ? dimensions : undefined
}

async function gifDimensions(bytes: ByteWindow): Promise<Dimensions | undefined> {
  const header = await bytes.at(0, GIF_HEADER_BYTES)
  if (header === undefined) return undefined
  const view = viewOf(header)
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) }
}

import { type ByteWindow, viewOf } from './byte-window.ts'
import type { Dimensions } from './dimensions.ts'

/** RIFF with its length, WEBP, and the name and length of the first chunk. */
const CHUNK_AT = 12
const DATA_AT = CHUNK_AT + 8
/** The longest of the three beginnings below. */
const DATA_BYTES = 10

/** Reads the size of a WebP: with loss (`VP8 `), without (`VP8L`), or with more chunks (`VP8X`). */
export async function webpDimensions(bytes: ByteWindow): Promise<Dimensions | undefined> {
  const name = await bytes.at(CHUNK_AT, 4)
  if (name === undefined) return undefined
  switch (String.fromCharCode(...name)) {
    case 'VP8 ':
      return lossyOf(await bytes.at(DATA_AT, DATA_BYTES))
    case 'VP8L':
      return losslessOf(await bytes.at(DATA_AT, 5))
    case 'VP8X':
      return canvasOf(await bytes.at(DATA_AT, DATA_BYTES))
    default:
      return undefined
  }
}

/** A key frame: its tag, its start code, and 14 bits for each side, with two for scaling above. */
function lossyOf(frame: Uint8Array | undefined): Dimensions | undefined {
  if (frame === undefined) return undefined
  const [tag = 1, , , first, second, third] = frame
  const isKeyFrame = (tag & 1) === 0 && first === 0x9d && second === 0x01 && third === 0x2a
  if (!isKeyFrame) return undefined
  const view = viewOf(frame)
  return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff }
}

/** A signature, 14 bits for each side less one, a bit for transparency, and three for the version, which is 0. */
function losslessOf(frame: Uint8Array | undefined): Dimensions | undefined {
  if (frame === undefined || frame[0] !== 0x2f) return undefined
  const bits = viewOf(frame).getUint32(1, true)
  if (bits >>> 29 !== 0) return undefined
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
}

/** Flags, three bytes without meaning, and the canvas in 24 bits for each side less one. */
function canvasOf(chunk: Uint8Array | undefined): Dimensions | undefined {
  if (chunk === undefined) return undefined
  const view = viewOf(chunk)
  const uint24At = (at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
  return { width: uint24At(4) + 1, height: uint24At(7) + 1 }
}

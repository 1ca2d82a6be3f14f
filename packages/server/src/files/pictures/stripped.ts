import { createHash } from 'node:crypto'

/**
 * The smallest size of a picture, which clients show until they have a larger one. It travels inside of objects, so it lacks
 * what it has in common with all others; clients add that.
 *
 *     1 | height | width | scan, from behind the start of scan up to the end of image
 *
 * @see files.md section 3
 */
const VERSION = 1
/** The longest side. */
export const STRIPPED_PIXELS = 40

/** SHA-256 of what clients add, from the start of image to the start of scan, without the JFIF segment and with sides of 0. */
const HEADER_SHA256 = '1bee46349ee8ac5ab874c08eda16d0313f1f5d2804f7dad52ad56b5d12be7a5e'
const MARKER = 0xff
const START_OF_FRAME = 0xc0
const START_OF_SCAN = 0xda
const END_OF_IMAGE_BYTES = 2

/** Cuts a JPEG of at most 40 by 40 pixels. Nothing, if clients would not put it together to the same picture. */
export function stripJpeg(jpeg: Uint8Array): Uint8Array | undefined {
  const bytes = Buffer.from(jpeg)
  let [at, height, width] = [2, 0, 0]
  for (;;) {
    if (at + 4 > bytes.length || bytes[at] !== MARKER) return undefined
    const [marker, length] = [bytes[at + 1], bytes.readUInt16BE(at + 2)]
    if (marker === START_OF_FRAME) {
      if (at + 9 > bytes.length) return undefined
      ;[height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)]
      bytes.fill(0, at + 5, at + 9)
    }
    at += 2 + length
    if (marker === START_OF_SCAN) break
  }
  const isKnown = createHash('sha256').update(bytes.subarray(0, at)).digest('hex') === HEADER_SHA256
  if (!isKnown || height > STRIPPED_PIXELS || width > STRIPPED_PIXELS) return undefined
  return Uint8Array.from([VERSION, height, width, ...bytes.subarray(at, bytes.length - END_OF_IMAGE_BYTES)])
}

import { crc32, deflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
const BITS_A_CHANNEL = 8
const RED_GREEN_BLUE = 2
/** Rows of one colour are short at any level, and the best one takes several times as long. */
const CHEAP = 1

/**
 * Draws a square PNG whose colours run into each other from top to bottom.
 *
 * @param side in pixels
 * @param colours one at least: red, green and blue in 24 bits
 */
export function drawBackground(side: number, colours: readonly number[]): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header.set([BITS_A_CHANNEL, RED_GREEN_BLUE], 8)
  const rows = Array.from({ length: side }, (_, row) => rowOf(side, colourAt(colours, row / (side - 1))))
  const pixels = deflateSync(Buffer.concat(rows), { level: CHEAP })
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Each row begins with the number of its filter: none. */
function rowOf(side: number, colour: Buffer): Buffer {
  return Buffer.concat([Buffer.alloc(1), Buffer.alloc(3 * side, colour)])
}

/** @param place from 0, the first colour, to 1, the last */
function colourAt(colours: readonly number[], place: number): Buffer {
  const at = place * (colours.length - 1)
  const [above = 0, below = above] = colours.slice(Math.floor(at), Math.floor(at) + 2)
  const part = at - Math.floor(at)
  const channel = (shift: number): number => {
    const [from, to] = [(above >> shift) & 255, (below >> shift) & 255]
    return Math.round(from + (to - from) * part)
  }
  return Buffer.from([channel(16), channel(8), channel(0)])
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), body])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(body.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}

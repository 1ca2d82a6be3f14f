import { kernel } from './kernel.ts'
import { BUFFER_BYTES, LAYOUT } from './layout.ts'

const { bytes, words } = kernel
const view = new DataView(bytes.buffer)
const STATE = LAYOUT.hashState / 4

/** The first 32 bits of the fractional parts of the square roots of the first eight primes. */
const INITIAL_STATE = Int32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
)

/**
 * SHA-256 of what lies in the kernel's memory; up to 72 bytes behind it are overwritten. The result is the eight
 * words of {@link digestWord}.
 */
export function digestMemory(from: number, length: number): void {
  startDigest()
  endDigest(from, length, length)
}

/** SHA-256 of the parts joined, 32 bytes. Overwrites the buffer. */
export function digestParts(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  let filled = 0
  startDigest()
  for (const part of parts) {
    length += part.length
    for (let offset = 0; offset < part.length; ) {
      const piece = part.subarray(offset, offset + BUFFER_BYTES - filled)
      bytes.set(piece, LAYOUT.buffer + filled)
      offset += piece.length
      filled += piece.length
      if (filled < BUFFER_BYTES) continue
      kernel.hashBlocks(LAYOUT.buffer, LAYOUT.buffer + BUFFER_BYTES)
      filled = 0
    }
  }
  endDigest(LAYOUT.buffer, filled, length)
  const digest = new Uint8Array(32)
  const digestWords = new Int32Array(digest.buffer)
  for (let i = 0; i < 8; i++) digestWords[i] = digestWord(i)
  return digest
}

/** Pads the last `rest` bytes, which begin at `from`, and hashes them. `length` is that of all parts. */
function endDigest(from: number, rest: number, length: number): void {
  const end = from + ((rest + 9 + 63) & ~63)
  bytes.fill(0, from + rest, end)
  bytes[from + rest] = 0x80
  view.setUint32(end - 8, Math.floor(length / 2 ** 29))
  view.setUint32(end - 4, length * 8)
  kernel.hashBlocks(from, end)
}

/** Sets the state that SHA-256 begins with. */
export function startDigest(): void {
  for (let i = 0; i < 8; i++) words[STATE + i] = INITIAL_STATE[i] ?? 0
}

/** Word `i` of the last digest, with its bytes as they lie in memory. */
export function digestWord(i: number): number {
  const word = words[STATE + i] ?? 0
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)
}

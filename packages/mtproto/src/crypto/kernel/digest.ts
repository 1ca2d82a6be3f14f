import { kernel } from './kernel.ts'
import { LAYOUT } from './layout.ts'

const { bytes, words } = kernel
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
  const end = from + length
  const paddedEnd = from + ((length + 9 + 63) & ~63)
  bytes[end] = 0x80
  bytes.fill(0, end + 1, paddedEnd - 4)
  const bits = length * 8
  bytes[paddedEnd - 4] = bits >>> 24
  bytes[paddedEnd - 3] = bits >>> 16
  bytes[paddedEnd - 2] = bits >>> 8
  bytes[paddedEnd - 1] = bits
  startDigest()
  kernel.hashBlocks(from, paddedEnd)
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

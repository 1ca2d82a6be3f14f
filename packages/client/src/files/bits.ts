import { decodeBase64, encodeBase64 } from '../storage/base64.ts'

/** Numbers as the bits of a text. */
export function encodeBits(numbers: Iterable<number>): string {
  const all = [...numbers]
  const bits = new Uint8Array(Math.floor(Math.max(-1, ...all) / 8) + 1)
  for (const each of all) bits[each >> 3] = (bits[each >> 3] ?? 0) | (1 << (each & 7))
  return encodeBase64(bits)
}

/** The numbers below `limit` of such a text. */
export function decodeBits(text: string, limit: number): number[] {
  const bits = decodeBase64(text) ?? new Uint8Array(0)
  const length = Math.min(limit, bits.length * 8)
  return Array.from({ length }, (_, n) => n).filter((n) => ((bits[n >> 3] ?? 0) >> (n & 7)) & 1)
}

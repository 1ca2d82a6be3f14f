import { sha256 } from '#primitives'

const BLOCK_BYTES = 64

/**
 * HMAC-SHA256 of everything in order, 32 bytes.
 *
 * @param key at most 64 bytes
 * @see RFC 2104
 */
export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const padded = (pad: number) => Uint8Array.from({ length: BLOCK_BYTES }, (_, i) => (key[i] ?? 0) ^ pad)
  return sha256(padded(0x5c), sha256(padded(0x36), ...parts))
}

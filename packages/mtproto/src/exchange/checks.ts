import { bytesToBigInt, timingSafeEqual } from '../crypto/index.ts'
import { SecurityError } from '../errors.ts'

/**
 * Checks that a message belongs to this exchange.
 *
 * @throws SecurityError NONCE_MISMATCH
 */
export function checkNonces(
  message: { readonly nonce: Uint8Array; readonly serverNonce: Uint8Array },
  expected: { readonly nonce: Uint8Array; readonly serverNonce: Uint8Array },
): void {
  checkNonce(message.nonce, expected.nonce)
  checkNonce(message.serverNonce, expected.serverNonce)
}

/** @throws SecurityError NONCE_MISMATCH */
export function checkNonce(nonce: Uint8Array, expected: Uint8Array): void {
  if (!timingSafeEqual(nonce, expected)) {
    throw new SecurityError('NONCE_MISMATCH', 'a nonce of the key exchange is not the one that was sent')
  }
}

/**
 * The longest numbers and byte strings of a key exchange. A peer may send megabytes where a few bytes belong, and big
 * numbers take time: lengths are checked before anything is copied or computed.
 */
export const EXCHANGE_BYTES = {
  /** pq is below 2^63; its factors may have leading zeros. */
  factor: 8,
  /** One block of RSA-2048. */
  encryptedData: 256,
  /** server_DH_inner_data takes 592 bytes and client_DH_inner_data 336, hash and padding included. */
  innerData: 1024,
  /** dh_prime, g_a and g_b have 2048 bits. */
  dh: 256,
} as const

/** @throws SecurityError EXCHANGE_TOO_LONG */
export function checkLength(bytes: Uint8Array, maxBytes: number, name: string): void {
  if (bytes.length <= maxBytes) return
  throw new SecurityError('EXCHANGE_TOO_LONG', `${name} has ${bytes.length} bytes, more than ${maxBytes}`)
}

/** Compares big-endian numbers by value, because clients differ in how they pad them. */
export function isSameNumber(a: Uint8Array, b: Uint8Array): boolean {
  return bytesToBigInt(a) === bytesToBigInt(b)
}

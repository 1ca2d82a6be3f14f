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

/** Whether two big-endian numbers are equal: clients differ in how they pad them. */
export function isSameNumber(a: Uint8Array, b: Uint8Array): boolean {
  return bytesToBigInt(a) === bytesToBigInt(b)
}

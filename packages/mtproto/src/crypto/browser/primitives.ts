/**
 * The functions of primitives.ts for browsers (`#primitives` in package.json): AES and SHA-256 by the kernel,
 * primality and CRC-32 here, SHA-1, SHA-512 and DEFLATE by libraries inside the browser build. All synchronous, because
 * a `step` cannot wait for WebCrypto.
 */
import { pbkdf2OfSha512, startSha1 } from '#libraries'
import { digestParts } from '../kernel/digest.ts'
import type { Native } from '../native.ts'

export { crc32 } from './crc32.ts'
export { startCtr } from './ctr.ts'
export { gzip, unpack } from './deflate.ts'
export { isPrime } from './is-prime.ts'

/** SHA-1 of the parts joined, 20 bytes. */
export function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = startSha1()
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** SHA-256 of the parts joined, 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return digestParts(parts)
}

/** PBKDF2 with HMAC-SHA-512, 64 bytes. */
export function pbkdf2Sha512(password: Uint8Array, salt: Uint8Array, iterations: number): Uint8Array {
  return pbkdf2OfSha512(password, salt, iterations)
}

/** Compares bytes in a time that depends only on their length. */
export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0)
  return difference === 0
}

/** Browsers have nothing synchronous that is faster. */
export const native: Native = {}

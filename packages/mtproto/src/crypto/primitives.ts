/**
 * The calls into Node that both sides make: hashes, AES-CBC and AES-CTR, PBKDF2, modular exponentiation with big
 * exponents, primality, DEFLATE, CRC-32. All synchronous, because a `step` cannot wait. Browsers have
 * browser/primitives.ts in its place (`#primitives` in package.json); a test holds the two together.
 */
import crypto from 'node:crypto'
import zlib from 'node:zlib'
import { ProtocolError } from '../errors.ts'
import type { Native } from './native.ts'

/** SHA-1 of the parts joined, 20 bytes. */
export function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  return digest('sha1', parts)
}

/** SHA-256 of the parts joined, 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return digest('sha256', parts)
}

function digest(algorithm: string, parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts
  if (parts.length === 1 && first !== undefined) return plain(crypto.hash(algorithm, first, 'buffer'))
  const hash = crypto.createHash(algorithm)
  for (const part of parts) hash.update(part)
  return plain(hash.digest())
}

/** PBKDF2 with HMAC-SHA-512, 64 bytes. */
export function pbkdf2Sha512(password: Uint8Array, salt: Uint8Array, iterations: number): Uint8Array {
  return plain(crypto.pbkdf2Sync(password, salt, iterations, 64, 'sha512'))
}

/** Compares bytes in a time that depends only on their length. */
export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && crypto.timingSafeEqual(a, b)
}

// Keys as KeyObjects: with bare bytes Node 24 takes 26 µs to make a cipher, with an object made for it 7 µs.

/**
 * AES-256-CBC encryption without padding, part by part.
 *
 * @param key 32 bytes
 * @param iv 16 bytes
 * @returns takes parts of a multiple of 16 bytes
 */
function startCbc(key: Uint8Array, iv: Uint8Array): (part: Uint8Array) => Uint8Array {
  const cipher = crypto.createCipheriv('aes-256-cbc', crypto.createSecretKey(key), iv).setAutoPadding(false)
  return (part) => plain(cipher.update(part))
}

/**
 * AES-256-CTR: one key stream, each part going on where the last one ended; encrypts and decrypts alike.
 *
 * @param key 32 bytes
 * @param iv 16 bytes
 * @returns takes parts of any length
 */
export function startCtr(key: Uint8Array, iv: Uint8Array): (part: Uint8Array) => Uint8Array {
  const cipher = crypto.createCipheriv('aes-256-ctr', crypto.createSecretKey(key), iv)
  return (part) => plain(cipher.update(part))
}

/**
 * base^exponent mod modulus, for an odd modulus of up to 3072 bits and 0 < base, exponent < modulus, all big-endian.
 * It is the public RSA operation with other numbers: OpenSSL's `BN_mod_exp_mont`, as fast as a kept
 * `DiffieHellman` object without the 300 ms that making one costs (it proves its prime again). Its time varies
 * with the exponent, as BigInt's does: exponents are to be used once.
 */
function modPow(base: Uint8Array, exponent: Uint8Array, modulus: Uint8Array): Uint8Array {
  const key = crypto.createPublicKey({
    key: { kty: 'RSA', n: base64url(modulus), e: base64url(exponent) },
    format: 'jwk',
  })
  return plain(crypto.publicEncrypt({ key, padding: crypto.constants.RSA_NO_PADDING }, base))
}

/** Operations that Node does faster than the kernel and BigInt. */
export const native: Native = { startCbc, modPow }

/** Tells whether `value`, big-endian, is prime. A wrong yes has a chance below 2^-64. */
export function isPrime(value: Uint8Array): boolean {
  return crypto.checkPrimeSync(value)
}

/** A gzip stream of `data`. A page of a history takes a third of the time that it does at the usual level, and 8 % more bytes. */
export function gzip(data: Uint8Array): Uint8Array {
  return plain(zlib.gzipSync(data, { level: zlib.constants.Z_BEST_SPEED }))
}

/**
 * Unpacks a gzip or zlib stream; some clients send zlib's form in gzip_packed.
 *
 * @throws ProtocolError GZIP_TOO_LARGE beyond `maxBytes`, GZIP_INVALID for what is neither
 */
export function unpack(data: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return plain(zlib.unzipSync(data, { maxOutputLength: maxBytes }))
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new ProtocolError('GZIP_TOO_LARGE', `packed data holds more than ${maxBytes} bytes`)
    }
    throw new ProtocolError('GZIP_INVALID', 'packed data is neither gzip nor zlib', { cause })
  }
}

/** CRC-32 (IEEE) of `data`, unsigned; `previous` is that of what came before it. */
export function crc32(data: Uint8Array, previous = 0): number {
  return zlib.crc32(data, previous)
}

/** Node's Buffer is a Uint8Array whose `slice` does something else: keep it out of the core. */
function plain(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
}

function base64url(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

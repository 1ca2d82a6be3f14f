/**
 * The arithmetic of an old client, written a second time from the documents alone, so that a mistake common
 * to our two sides shows. Speed does not matter here.
 */
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  publicEncrypt,
  randomBytes,
} from 'node:crypto'

/** SHA-1. */
export function sha1(...parts: Uint8Array[]): Buffer {
  return parts.reduce((hash, part) => hash.update(part), createHash('sha1')).digest()
}

/** SHA-256. */
export function sha256(...parts: Uint8Array[]): Buffer {
  return parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
}

/** AES-256-IGE, block by block over ECB. */
export function ige(
  direction: 'encrypt' | 'decrypt',
  data: Uint8Array,
  key: Uint8Array,
  iv: Uint8Array,
): Buffer {
  const ecb =
    direction === 'encrypt'
      ? createCipheriv('aes-256-ecb', key, null)
      : createDecipheriv('aes-256-ecb', key, null)
  ecb.setAutoPadding(false)
  const [first, second] = [iv.subarray(0, 16), iv.subarray(16)]
  let [before, after] = direction === 'encrypt' ? [first, second] : [second, first]
  const out: Buffer[] = []
  for (let at = 0; at < data.length; at += 16) {
    const block = Buffer.from(data.subarray(at, at + 16))
    const made = xor(ecb.update(xor(block, before)), after)
    out.push(made)
    before = made
    after = block
  }
  return Buffer.concat(out)
}

/** The RSA padding from before RSA_PAD: SHA1(data), data, and random bytes up to 255. */
export function rsaOldPadding(data: Uint8Array, pem: string): Buffer {
  const padded = Buffer.concat([Buffer.from([0]), sha1(data), data, randomBytes(255 - 20 - data.length)])
  return publicEncrypt({ key: createPublicKey(pem), padding: constants.RSA_NO_PADDING }, padded)
}

/** base^exponent mod modulus. */
export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let square = base % modulus, rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

/** Steps of Pollard's rho between two looks for a factor: a look costs as much as some ten steps. */
const STEPS = 64

/** The smaller prime factor of pq, by Pollard's rho. */
export function smallerFactor(pq: bigint): bigint {
  for (let c = 1n; ; c += 1n) {
    let [slow, fast, divisor] = [2n, 2n, 1n]
    while (divisor === 1n) {
      let product = 1n
      for (let step = 0; step < STEPS; step += 1) {
        slow = (slow * slow + c) % pq
        fast = (fast * fast + c) % pq
        fast = (fast * fast + c) % pq
        product = (product * (slow > fast ? slow - fast : fast - slow)) % pq
      }
      divisor = gcd(product, pq)
    }
    // Both factors may turn up between two looks; another series finds one of them first.
    if (divisor !== pq) return divisor < pq / divisor ? divisor : pq / divisor
  }
}

/** AES key and iv of an encrypted message; x is 0 towards the server, 8 from it. */
export function messageKeys(authKey: Uint8Array, msgKey: Uint8Array, x: number): { key: Buffer; iv: Buffer } {
  const a = sha256(msgKey, authKey.subarray(x, x + 36))
  const b = sha256(authKey.subarray(x + 40, x + 76), msgKey)
  return {
    key: Buffer.concat([a.subarray(0, 8), b.subarray(8, 24), a.subarray(24, 32)]),
    iv: Buffer.concat([b.subarray(0, 8), a.subarray(8, 24), b.subarray(24, 32)]),
  }
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y > 0n) [x, y] = [y, x % y]
  return x
}

function xor(a: Uint8Array, b: Uint8Array): Buffer {
  return Buffer.from(a.map((byte, at) => byte ^ (b[at] ?? 0)))
}

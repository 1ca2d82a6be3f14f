import { UsageError } from '@cablegram/tl'
import { sha1 } from '#primitives'
import { bytesToBigInt, concatBytes, readLong } from './bytes.ts'

/** A server's RSA public key as a client uses it. */
export interface RsaPublicKey {
  readonly n: bigint
  readonly e: bigint
  /** SHA1(tlbytes(n) | tlbytes(e))[12:20] as a signed long. */
  readonly fingerprint: bigint
}

/** A server's RSA private key, held by the runtime so that its numbers stay out of ours. */
export interface RsaPrivateKey {
  /** The public half as PEM, PKCS#1. */
  readonly publicPem: string
  /** The private operation without padding, block^d mod n, on 256 bytes; undefined where the block is not below n. */
  readonly power: (block: Uint8Array) => Uint8Array | undefined
}

/** The public half of a private key as PEM, PKCS#1. */
export function exportRsaPublicKey(key: RsaPrivateKey): string {
  return key.publicPem
}

/**
 * An RSA public key from its big-endian numbers, with its fingerprint.
 *
 * @param n 256 bytes
 */
export function makeRsaPublicKey(n: Uint8Array, e: Uint8Array): RsaPublicKey {
  if (n.length !== 256 || e.length === 0 || e.length > 8) {
    throw new UsageError('RSA_KEY_INVALID', 'the public key is not RSA of 2048 bits')
  }
  const fingerprint = readLong(sha1(tlBytes(n), tlBytes(e)), 12)
  return { n: bytesToBigInt(n), e: bytesToBigInt(e), fingerprint }
}

/**
 * An RSA public key from its PEM: PKCS#1 (`RSA PUBLIC KEY`) or SPKI (`PUBLIC KEY`).
 *
 * @throws UsageError RSA_KEY_INVALID
 */
export function parseRsaPublicKey(pem: string): RsaPublicKey {
  const found = /-----BEGIN (RSA )?PUBLIC KEY-----([\s\S]+?)-----END/.exec(pem)
  const base64 = found?.[2]?.replace(/\s+/g, '')
  if (!found || base64 === undefined) {
    throw new UsageError(
      'RSA_KEY_INVALID',
      'the public key is not PEM: "-----BEGIN RSA PUBLIC KEY-----" is missing',
    )
  }
  let der = decodeBase64(base64)
  if (!found[1]) {
    // SPKI: SEQUENCE { SEQUENCE { algorithm }, BIT STRING { 0 unused bits, PKCS#1 } }
    const spki = readDer(readDer(der, 0, SEQUENCE).value, 0, SEQUENCE)
    der = readDer(spki.rest, 0, BIT_STRING).value.subarray(1)
  }
  const n = readDer(readDer(der, 0, SEQUENCE).value, 0, INTEGER)
  const e = readDer(n.rest, 0, INTEGER)
  return makeRsaPublicKey(withoutLeadingZeros(n.value), withoutLeadingZeros(e.value))
}

/** A fingerprint as people write it: 16 hex digits, big-endian, unsigned. */
export function formatFingerprint(fingerprint: bigint): string {
  return BigInt.asUintN(64, fingerprint).toString(16).padStart(16, '0')
}

const INTEGER = 0x02
const BIT_STRING = 0x03
const SEQUENCE = 0x30

function readDer(der: Uint8Array, at: number, tag: number): { value: Uint8Array; rest: Uint8Array } {
  let offset = at + 2
  let length = der[at + 1] ?? 0
  if (length >= 0x80) {
    const size = length & 0x7f
    length = Number(bytesToBigInt(der.subarray(offset, offset + size)))
    offset += size
  }
  if (der[at] !== tag || offset + length > der.length) {
    throw new UsageError('RSA_KEY_INVALID', 'the PEM does not hold an RSA public key')
  }
  return { value: der.subarray(offset, offset + length), rest: der.subarray(offset + length) }
}

function withoutLeadingZeros(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0)
  return first < 0 ? bytes.subarray(bytes.length) : bytes.subarray(first)
}

function decodeBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch (cause) {
    throw new UsageError('RSA_KEY_INVALID', 'the PEM is not base64', { cause })
  }
}

/** TL bytes of up to 65535 bytes: the numbers are hashed as they would travel, without a constructor id. */
function tlBytes(bytes: Uint8Array): Uint8Array {
  const short = bytes.length <= 253
  const head = short
    ? Uint8Array.of(bytes.length)
    : Uint8Array.of(0xfe, bytes.length & 0xff, bytes.length >> 8, 0)
  return concatBytes(head, bytes, new Uint8Array(-(head.length + bytes.length) & 3))
}

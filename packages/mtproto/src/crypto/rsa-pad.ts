import { UsageError } from '@cablegram/tl'
import { sha1, sha256, timingSafeEqual } from '#primitives'
import type { Random } from '../machine.ts'
import { bigIntToBytes, bytesToBigInt, concatBytes, xorBytes } from './bytes.ts'
import type { RsaPrivateKey, RsaPublicKey } from './fingerprint.ts'
import { decryptIge, encryptIge } from './ige.ts'
import { modPow } from './mod-pow.ts'

const ZERO_IV = new Uint8Array(32)

/**
 * RSA_PAD, the current way to encrypt the inner data of a key exchange.
 *
 * @param data up to 144 bytes
 * @returns 256 bytes
 */
export function encryptRsaPad(key: RsaPublicKey, data: Uint8Array, random: Random): Uint8Array {
  if (data.length > 144) throw new UsageError('RSA_DATA_TOO_LONG', 'RSA_PAD takes at most 144 bytes')
  const padded = concatBytes(data, random(192 - data.length))
  const reversed = padded.toReversed()
  for (;;) {
    const tempKey = random(32)
    const withHash = concatBytes(reversed, sha256(tempKey, padded))
    const encrypted = encryptIge(tempKey, ZERO_IV, withHash)
    const block = bytesToBigInt(concatBytes(xorBytes(tempKey, sha256(encrypted)), encrypted))
    // A block of n or more has no inverse; another temporary key gives another block.
    if (block < key.n) return bigIntToBytes(modPow(block, key.e, key.n), 256)
  }
}

/** Decrypted inner data: TL that ends before its padding does. */
export interface RsaPlaintext {
  /** The data and, behind it, its padding. */
  readonly data: Uint8Array
  /** Tells whether the hash fits. The TL took `length` bytes; the old padding hashes only those. */
  isIntact(length: number): boolean
}

/**
 * Decrypts inner data, which takes long; {@link openRsaBlock} reads it.
 *
 * @param encrypted up to 256 bytes; with the old padding it may be shorter
 * @returns 256 bytes, or undefined if the number is too large
 */
export function decryptRsaBlock(key: RsaPrivateKey, encrypted: Uint8Array): Uint8Array | undefined {
  if (encrypted.length > 256) return undefined
  return key.power(concatBytes(new Uint8Array(256 - encrypted.length), encrypted))
}

/**
 * Reads a decrypted block in both paddings: RSA_PAD, else the old one.
 *
 * @returns undefined if it has neither
 */
export function openRsaBlock(block: Uint8Array): RsaPlaintext | undefined {
  return openRsaPad(block) ?? openRsaOld(block)
}

function openRsaPad(block: Uint8Array): RsaPlaintext | undefined {
  const encrypted = block.subarray(32)
  const tempKey = xorBytes(block.subarray(0, 32), sha256(encrypted))
  const withHash = decryptIge(tempKey, ZERO_IV, encrypted)
  const data = withHash.subarray(0, 192).toReversed()
  if (!timingSafeEqual(sha256(tempKey, data), withHash.subarray(192))) return undefined
  return { data, isIntact: (length) => length <= data.length }
}

function openRsaOld(block: Uint8Array): RsaPlaintext | undefined {
  if (block[0] !== 0) return undefined
  const data = block.subarray(21)
  const isIntact = (length: number) =>
    length <= data.length && timingSafeEqual(sha1(data.subarray(0, length)), block.subarray(1, 21))
  return { data, isIntact }
}

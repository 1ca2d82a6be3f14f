import {
  bigIntToBytes,
  bytesToBigInt,
  concatBytes,
  modPow,
  type RsaPublicKey,
  sha1,
} from '../crypto/index.ts'
import { UsageError } from '../errors.ts'
import type { Random } from '../machine.ts'

/**
 * Encrypts inner data with the old padding, SHA1(data) | data | random, 255 bytes. Some clients keep it; ours does not.
 *
 * @param data up to 235 bytes
 * @returns 256 bytes
 */
export function encryptRsaOld(key: RsaPublicKey, data: Uint8Array, random: Random): Uint8Array {
  if (data.length > 235) throw new UsageError('RSA_DATA_TOO_LONG', 'the old padding takes at most 235 bytes')
  const block = concatBytes(sha1(data), data, random(235 - data.length))
  return bigIntToBytes(modPow(bytesToBigInt(block), key.e, key.n), 256)
}

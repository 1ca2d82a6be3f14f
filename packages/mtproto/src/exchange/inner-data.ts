import { type AesKeyIv, concatBytes, decryptIge, encryptIge, sha1, timingSafeEqual } from '../crypto/index.ts'
import { SecurityError } from '../errors.ts'
import type { Random } from '../machine.ts'
import {
  decodePadded,
  encodeService,
  type ServiceConstructor,
  type ServiceMessage,
  type ServiceMessageOf,
} from '../service.ts'
import { checkLength, EXCHANGE_BYTES } from './checks.ts'

const HASH_BYTES = 20

/** SHA1(data) | data | 0..15 random bytes, under the temporary AES key of an exchange. */
export function encryptInner(aes: AesKeyIv, message: ServiceMessage, random: Random): Uint8Array {
  const data = encodeService(message)
  const paddingBytes = -(HASH_BYTES + data.length) & 15
  return encryptIge(aes.key, aes.iv, concatBytes(sha1(data), data, random(paddingBytes)))
}

/**
 * The other side of {@link encryptInner}, with the checks of length, padding and hash.
 *
 * @throws SecurityError INNER_DATA_INVALID, EXCHANGE_TOO_LONG
 * @throws DecodeError
 */
export function decryptInner<N extends ServiceConstructor['_']>(
  aes: AesKeyIv,
  name: N,
  encrypted: Uint8Array,
): ServiceMessageOf<N> {
  checkLength(encrypted, EXCHANGE_BYTES.innerData, 'encrypted inner data')
  if (encrypted.length === 0 || encrypted.length % 16 !== 0) throw innerDataInvalid('length')
  const plaintext = decryptIge(aes.key, aes.iv, encrypted)
  const data = plaintext.subarray(HASH_BYTES)
  const { message, length } = decodePadded([name], data)
  if (data.length - length >= 16) throw innerDataInvalid('padding')
  if (!timingSafeEqual(sha1(data.subarray(0, length)), plaintext.subarray(0, HASH_BYTES))) {
    throw innerDataInvalid('hash')
  }
  return message
}

function innerDataInvalid(what: string): SecurityError {
  return new SecurityError('INNER_DATA_INVALID', `the ${what} of encrypted inner data is wrong`)
}

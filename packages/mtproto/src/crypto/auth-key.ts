import { sha1 } from '#primitives'
import type { AuthKey } from '../machine.ts'
import { readLong } from './bytes.ts'

/**
 * An authorization key with its id.
 *
 * @param key 256 bytes, leading zeros kept
 */
export function makeAuthKey(key: Uint8Array): AuthKey {
  return { id: readLong(sha1(key), 12), key }
}

/** auth_key_aux_hash, the first 8 bytes of SHA1(key): also the retry_id after a dh_gen_retry. */
export function deriveAuxHash(key: Uint8Array): Uint8Array {
  return sha1(key).subarray(0, 8)
}

/** new_nonce_hash1 (ok), 2 (retry) or 3 (fail): how the server shows that it has the key too. 16 bytes. */
export function deriveNewNonceHash(newNonce: Uint8Array, number: 1 | 2 | 3, auxHash: Uint8Array): Uint8Array {
  return sha1(newNonce, Uint8Array.of(number), auxHash).subarray(4, 20)
}

/** The salt that both sides know from the exchange. */
export function deriveFirstSalt(newNonce: Uint8Array, serverNonce: Uint8Array): bigint {
  return BigInt.asIntN(64, readLong(newNonce) ^ readLong(serverNonce))
}

import {
  concatBytes,
  decryptIge,
  deriveAesKeyIvV1,
  encryptIge,
  longToBytes,
  sha1,
  timingSafeEqual,
} from '../crypto/index.ts'
import type { AuthKey, MsgId, Random } from '../machine.ts'

const INNER_BYTES = 40
/** random:int128 | msg_id:long | seq_no:int | length:int */
const HEAD_BYTES = 32
const UNPADDED_BYTES = HEAD_BYTES + INNER_BYTES
const PADDING_BYTES = 8
const MESSAGE_BYTES = 24 + UNPADDED_BYTES + PADDING_BYTES

/** The contents of the encrypted_message of auth.bindTempAuthKey. */
export interface BindMessage {
  readonly msgId: MsgId
  readonly seqNo: number
  /** A serialized bind_auth_key_inner, 40 bytes. */
  readonly inner: Uint8Array
}

/**
 * The encrypted_message of auth.bindTempAuthKey: MTProto 1.0, under the permanent key.
 *
 * @param msgId also that of the message that carries the method
 * @param inner 40 bytes
 * @returns 104 bytes
 */
export function encryptBindMessage(
  permKey: AuthKey,
  msgId: MsgId,
  inner: Uint8Array,
  random: Random,
): Uint8Array {
  const plaintext = new Uint8Array(UNPADDED_BYTES)
  const view = new DataView(plaintext.buffer)
  plaintext.set(random(16))
  view.setBigInt64(16, msgId, true)
  view.setInt32(28, inner.length, true)
  plaintext.set(inner, HEAD_BYTES)
  // MTProto 1.0 hashes the plaintext without its padding.
  const msgKey = sha1(plaintext).subarray(4, 20)
  const aes = deriveAesKeyIvV1(permKey.key, 0, msgKey)
  const encrypted = encryptIge(aes.key, aes.iv, concatBytes(plaintext, random(PADDING_BYTES)))
  return concatBytes(longToBytes(permKey.id), msgKey, encrypted)
}

/**
 * The server's side of {@link encryptBindMessage}; the caller has found the key by the first eight bytes.
 *
 * @param permKey 256 bytes
 * @returns undefined if the message has another shape or was made with another key: ENCRYPTED_MESSAGE_INVALID
 */
export function decryptBindMessage(permKey: Uint8Array, message: Uint8Array): BindMessage | undefined {
  if (message.length !== MESSAGE_BYTES) return undefined
  const msgKey = message.subarray(8, 24)
  const aes = deriveAesKeyIvV1(permKey, 0, msgKey)
  const plaintext = decryptIge(aes.key, aes.iv, message.subarray(24)).subarray(0, UNPADDED_BYTES)
  if (!timingSafeEqual(sha1(plaintext).subarray(4, 20), msgKey)) return undefined
  const view = new DataView(plaintext.buffer, plaintext.byteOffset, plaintext.length)
  if (view.getInt32(28, true) !== INNER_BYTES) return undefined
  return {
    msgId: view.getBigInt64(16, true),
    seqNo: view.getInt32(24, true),
    inner: plaintext.subarray(HEAD_BYTES),
  }
}

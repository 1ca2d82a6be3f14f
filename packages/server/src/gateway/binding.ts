import { decryptIge, deriveAesKeyIvV1, sha1, timingSafeEqual } from '@cablegram/mtproto/crypto'

/** What a client asks to bind, and under which key, session and message it asks. */
export interface Binding {
  readonly nonce: bigint
  readonly tempAuthKeyId: bigint
  readonly permAuthKeyId: bigint
  readonly tempSessionId: bigint
  readonly expiresAtS: number
  readonly msgId: bigint
}

const BIND_AUTH_KEY_INNER = 0x75a3f765
const HEAD_BYTES = 24
const INNER_OFFSET = 32
const INNER_BYTES = 40
const PLAINTEXT_BYTES = INNER_OFFSET + INNER_BYTES
/** The plaintext padded to whole AES blocks. */
const CIPHERTEXT_BYTES = 80

/**
 * Whether the message inside auth.bindTempAuthKey was made by who holds the permanent key, for this very
 * request. It is encrypted the old way, MTProto 1.0:
 *
 *     perm_auth_key_id 8 | msg_key 16 | encrypted( random 16 | msg_id 8 | seq_no 4 | length 4 | inner 40 | padding 8 )
 *
 * @param permKey 256 bytes
 * @see protocol.md section 10
 */
export function isBindingProven(
  permKey: Uint8Array,
  encryptedMessage: Uint8Array,
  binding: Binding,
): boolean {
  if (encryptedMessage.length !== HEAD_BYTES + CIPHERTEXT_BYTES) return false
  if (readLong(encryptedMessage, 0) !== binding.permAuthKeyId) return false
  const msgKey = encryptedMessage.subarray(8, HEAD_BYTES)
  const { key, iv } = deriveAesKeyIvV1(permKey, 0, msgKey)
  const plaintext = decryptIge(key, iv, encryptedMessage.subarray(HEAD_BYTES)).subarray(0, PLAINTEXT_BYTES)
  if (!timingSafeEqual(sha1(plaintext).subarray(4, 20), msgKey)) return false
  return (
    readLong(plaintext, 16) === binding.msgId &&
    readInt(plaintext, 24) === 0 &&
    readInt(plaintext, 28) === INNER_BYTES &&
    isInnerOf(plaintext.subarray(INNER_OFFSET), binding)
  )
}

/** `bind_auth_key_inner nonce:long temp_auth_key_id:long perm_auth_key_id:long temp_session_id:long expires_at:int` */
function isInnerOf(inner: Uint8Array, binding: Binding): boolean {
  return (
    readInt(inner, 0) === (BIND_AUTH_KEY_INNER | 0) &&
    readLong(inner, 4) === binding.nonce &&
    readLong(inner, 12) === binding.tempAuthKeyId &&
    readLong(inner, 20) === binding.permAuthKeyId &&
    readLong(inner, 28) === binding.tempSessionId &&
    readInt(inner, 36) === binding.expiresAtS
  )
}

function readLong(bytes: Uint8Array, offset: number): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset + offset, 8).getBigInt64(0, true)
}

function readInt(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + offset, 4).getInt32(0, true)
}

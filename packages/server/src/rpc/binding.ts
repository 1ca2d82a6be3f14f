import { decryptIge, deriveAesKeyIvV1, sha1, timingSafeEqual } from '@cablegram/mtproto/crypto'
import type { BindTempAuthKey } from '../rules/index.ts'

/** What the message inside auth.bindTempAuthKey says. */
export type BindingInner = NonNullable<BindTempAuthKey['inner']>

const BIND_AUTH_KEY_INNER = 0x75a3f765
const HEAD_BYTES = 24
const INNER_OFFSET = 32
const INNER_BYTES = 40
const PLAINTEXT_BYTES = INNER_OFFSET + INNER_BYTES
/** The plaintext padded to whole AES blocks. */
const CIPHERTEXT_BYTES = 80

/**
 * Reads the message inside auth.bindTempAuthKey, which only the holder of the permanent key can have made. It
 * is encrypted the old way, MTProto 1.0:
 *
 *     perm_auth_key_id 8 | msg_key 16 | encrypted( random 16 | msg_id 8 | seq_no 4 | length 4 | inner 40 | padding 8 )
 *
 * @param permKey 256 bytes
 * @returns undefined where the message is of another shape or was made with another key
 * @see protocol.md section 10
 */
export function readBinding(permKey: Uint8Array, encryptedMessage: Uint8Array): BindingInner | undefined {
  if (encryptedMessage.length !== HEAD_BYTES + CIPHERTEXT_BYTES) return undefined
  const msgKey = encryptedMessage.subarray(8, HEAD_BYTES)
  const { key, iv } = deriveAesKeyIvV1(permKey, 0, msgKey)
  const plaintext = decryptIge(key, iv, encryptedMessage.subarray(HEAD_BYTES)).subarray(0, PLAINTEXT_BYTES)
  if (!timingSafeEqual(sha1(plaintext).subarray(4, 20), msgKey)) return undefined
  const view = new DataView(plaintext.buffer, plaintext.byteOffset, plaintext.length)
  const isBinding =
    view.getInt32(28, true) === INNER_BYTES && view.getUint32(INNER_OFFSET, true) === BIND_AUTH_KEY_INNER
  if (!isBinding) return undefined
  // bind_auth_key_inner nonce:long temp_auth_key_id:long perm_auth_key_id:long temp_session_id:long expires_at:int
  return {
    msgId: view.getBigInt64(16, true),
    seqNo: view.getInt32(24, true),
    nonce: view.getBigInt64(INNER_OFFSET + 4, true),
    tempAuthKeyId: view.getBigInt64(INNER_OFFSET + 12, true),
    permAuthKeyId: view.getBigInt64(INNER_OFFSET + 20, true),
    tempSessionId: view.getBigInt64(INNER_OFFSET + 28, true),
    expiresAtS: view.getInt32(INNER_OFFSET + 36, true),
  }
}

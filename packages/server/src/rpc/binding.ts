import { decryptBindMessage } from '@cablegram/mtproto'
import type { BindTempAuthKey } from '../rules/index.ts'

/** Contents of the message inside auth.bindTempAuthKey. */
export type BindingInner = NonNullable<BindTempAuthKey['inner']>

const BIND_AUTH_KEY_INNER = 0x75a3f765

/**
 * Reads the message inside auth.bindTempAuthKey, which only the holder of the permanent key can have made.
 *
 * @param permKey 256 bytes
 * @returns undefined if the message has another shape or was made with another key
 * @see protocol.md section 10
 */
export function readBinding(permKey: Uint8Array, encryptedMessage: Uint8Array): BindingInner | undefined {
  const message = decryptBindMessage(permKey, encryptedMessage)
  if (message === undefined) return undefined
  const { msgId, seqNo, inner } = message
  const view = new DataView(inner.buffer, inner.byteOffset, inner.length)
  if (view.getUint32(0, true) !== BIND_AUTH_KEY_INNER) return undefined
  // bind_auth_key_inner nonce:long temp_auth_key_id:long perm_auth_key_id:long temp_session_id:long expires_at:int
  return {
    msgId,
    seqNo,
    nonce: view.getBigInt64(4, true),
    tempAuthKeyId: view.getBigInt64(12, true),
    permAuthKeyId: view.getBigInt64(20, true),
    tempSessionId: view.getBigInt64(28, true),
    expiresAtS: view.getInt32(36, true),
  }
}

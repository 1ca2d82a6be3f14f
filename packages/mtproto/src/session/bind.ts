import { TlWriter } from '@cablegram/tl'
import { encryptBindMessage, wrapS } from '../envelope/index.ts'
import type { AuthKey, MsgId, Random } from '../machine.ts'
import { encodeService } from '../service.ts'

/** `auth.bindTempAuthKey`: the one API method that the session calls on its own. */
const BIND_TEMP_AUTH_KEY_ID = 0xcdd42a05

/** The contents of a binding. */
export interface Binding {
  readonly permKey: AuthKey
  readonly tempKey: AuthKey
  readonly tempSessionId: bigint
  readonly nonce: bigint
  /** Unix seconds. */
  readonly expiresAtS: number
}

/**
 * A serialized auth.bindTempAuthKey.
 *
 * @param msgId that of the very message that will carry it
 * @see protocol.md section 10
 */
export function encodeBindRequest(binding: Binding, msgId: MsgId, random: Random): Uint8Array {
  const { permKey, tempKey, tempSessionId, nonce, expiresAtS } = binding
  const inner = encodeService({
    _: 'bind_auth_key_inner',
    nonce,
    tempAuthKeyId: tempKey.id,
    permAuthKeyId: permKey.id,
    tempSessionId,
    expiresAt: wrapS(expiresAtS),
  })
  const writer = new TlWriter(256)
  writer.uint(BIND_TEMP_AUTH_KEY_ID)
  writer.long(permKey.id)
  writer.long(nonce)
  writer.int(wrapS(expiresAtS))
  writer.bytes(encryptBindMessage(permKey, msgId, inner, random))
  return writer.take()
}

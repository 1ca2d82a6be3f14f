import { sha1 } from '#primitives'
import { concatBytes } from './bytes.ts'

/** An AES-256 key and the two halves of an IGE initialization vector. */
export interface AesKeyIv {
  /** 32 bytes. */
  readonly key: Uint8Array
  /** 32 bytes. */
  readonly iv: Uint8Array
}

/** The offset in the authorization key by direction: 0 client to server, 8 server to client. */
export type KeyOffset = 0 | 8

/**
 * The AES key and IV of an encrypted message, MTProto 1.0: today only for the message that binds a temporary key.
 *
 * @param msgKey 16 bytes
 */
export function deriveAesKeyIvV1(authKey: Uint8Array, x: KeyOffset, msgKey: Uint8Array): AesKeyIv {
  const part = (from: number, to: number) => authKey.subarray(from + x, to + x)
  const a = sha1(msgKey, part(0, 32))
  const b = sha1(part(32, 48), msgKey, part(48, 64))
  const c = sha1(part(64, 96), msgKey)
  const d = sha1(msgKey, part(96, 128))
  return {
    key: concatBytes(a.subarray(0, 8), b.subarray(8, 20), c.subarray(4, 16)),
    iv: concatBytes(a.subarray(8, 20), b.subarray(0, 8), c.subarray(16, 20), d.subarray(0, 8)),
  }
}

/** The AES key and IV of a key exchange: the same pair, IV included, for the server's answer and every client message. */
export function deriveTmpAes(newNonce: Uint8Array, serverNonce: Uint8Array): AesKeyIv {
  const h1 = sha1(newNonce, serverNonce)
  const h2 = sha1(serverNonce, newNonce)
  const h3 = sha1(newNonce, newNonce)
  return {
    key: concatBytes(h1, h2.subarray(0, 12)),
    iv: concatBytes(h2.subarray(12, 20), h3, newNonce.subarray(0, 4)),
  }
}

import { createCipheriv } from 'node:crypto'
import type { CdnKey } from './cdn-tokens.ts'

const BLOCK_BYTES = 16
const COUNTER_AT = 12

/**
 * Encrypts bytes of a file on the CDN: AES-256-CTR, where the last four bytes of the IV are the number of the block.
 *
 * @param offset of the bytes in the file: a multiple of 16
 * @see https://core.telegram.org/cdn#decrypting-files
 */
export function encryptForCdn({ key, iv }: CdnKey, offset: number, plain: Uint8Array): Uint8Array {
  const counter = Buffer.from(iv)
  counter.writeUInt32BE(offset / BLOCK_BYTES, COUNTER_AT)
  const cipher = createCipheriv('aes-256-ctr', key, counter)
  // This mode gives all bytes at once, in memory of their own; `final` would add none.
  const { buffer, byteOffset, length } = cipher.update(plain)
  return new Uint8Array(buffer, byteOffset, length)
}

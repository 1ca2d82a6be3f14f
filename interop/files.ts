/** Files that one client sends and another downloads. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

/** Bytes. */
export const KIB = 1024
/** Bytes. */
export const MIB: number = KIB * KIB

/** Each byte is 31 times its place, plus 7: published hashes tell that a file has them. */
export function bytesOf(size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at++) bytes[at] = 31 * at + 7
  return bytes
}

/** The SHA-256 of a file, in hexadecimal. */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

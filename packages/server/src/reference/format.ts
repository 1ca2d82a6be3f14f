import { createHash } from 'node:crypto'
import { UsageError } from '@cablegram/tl'

/**
 * A reference file: a head, an index, and blocks of pages that are compressed together.
 *
 * ```text
 *  0   8  "CGREF" 0 0 and the version of the format
 *  8   4  length of the index, little-endian
 * 12  32  SHA-256 of the index
 * 44      the index: JSON, compressed by Brotli
 *         the blocks, one after the other, each compressed by Brotli
 * ```
 */
export const MAGIC: Uint8Array = new Uint8Array([0x43, 0x47, 0x52, 0x45, 0x46, 0, 0, 1])
export const HEAD_BYTES = 44
/** The index of the whole reference has a twentieth of it. */
export const MAX_INDEX_BYTES: number = 4 * 1024 * 1024
export const MAX_BLOCK_BYTES: number = 16 * 1024 * 1024

/** The index of a reference file. */
export interface ReferenceIndex {
  readonly layer: number
  /** Compressed length, and the first 16 hexadecimal digits of the SHA-256 of the compressed bytes. */
  readonly blocks: readonly (readonly [number, string])[]
  /** Path, block, start and length in the block, in bytes. */
  readonly files: readonly (readonly [string, number, number, number])[]
}

/** SHA-256 of some bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}

/** The digits of a block's hash that the index keeps. */
export function blockHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16)
}

/** An error about a file of the reference, with the next step. */
export function invalidReference(file: string, why: string, cause?: unknown): UsageError {
  return new UsageError(
    'REFERENCE_INVALID',
    `The reference file ${file} ${why}. Install Cablegram again, or delete the file in a clone: it is made anew.`,
    cause === undefined ? undefined : { cause },
  )
}

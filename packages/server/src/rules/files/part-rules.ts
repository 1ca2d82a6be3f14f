import type { Refusal } from '../refusal.ts'
import type { NewPart, PartSizes } from './words.ts'

const MAX_PART_BYTES = 524_288
const KIB = 1024

/** Judges a part on its own. @returns the error */
export function checkPart({ part, bytes, totalParts }: NewPart, maxParts: number): Refusal | undefined {
  if (totalParts !== undefined && totalParts !== -1 && (totalParts < 1 || totalParts > maxParts)) {
    return 'FILE_PARTS_INVALID'
  }
  // A stream that ends with a whole part is closed by an empty one behind it.
  const closesStream = bytes.length === 0 && part > 0 && part === totalParts
  const end = totalParts === undefined || totalParts === -1 ? maxParts : totalParts
  if (part < 0 || (part >= end && !closesStream)) return 'FILE_PART_INVALID'
  if (closesStream) return undefined
  if (bytes.length === 0) return 'FILE_PART_EMPTY'
  if (bytes.length > MAX_PART_BYTES) return 'FILE_PART_TOO_BIG'
  const isBeforeLast = totalParts !== undefined && totalParts !== -1 && part < totalParts - 1
  return isBeforeLast && !isWhole(bytes.length) ? 'FILE_PART_SIZE_INVALID' : undefined
}

/**
 * Judges the length of a part by the lengths of all others: all are equal but for a shorter one, the last, which may come
 * first. Its place is judged once all are there.
 *
 * @returns the sizes with the part, or the error
 */
export function addSize({ partCount, partBytes, shortBytes }: PartSizes, bytes: number): PartSizes | Refusal {
  if (partCount === 0) return { partCount: 1, partBytes: bytes, shortBytes: 0 }
  const added = { partCount: partCount + 1, partBytes: Math.max(partBytes, bytes), shortBytes }
  if (bytes < partBytes) {
    if (shortBytes > 0) return 'FILE_PART_SIZE_CHANGED'
    added.shortBytes = bytes
  }
  if (bytes > partBytes) {
    if (partCount > 1) return 'FILE_PART_SIZE_CHANGED'
    added.shortBytes = partBytes
  }
  return isWhole(added.partBytes) ? added : 'FILE_PART_SIZE_INVALID'
}

/** The sizes without a part that is one of them. */
export function removeSize({ partCount, partBytes, shortBytes }: PartSizes, bytes: number): PartSizes {
  const left = partCount - 1
  if (bytes < partBytes) return { partCount: left, partBytes, shortBytes: 0 }
  const hasOthers = left > (shortBytes > 0 ? 1 : 0)
  if (hasOthers) return { partCount: left, partBytes, shortBytes }
  return { partCount: left, partBytes: shortBytes, shortBytes: 0 }
}

/** Tells whether all parts but the last may have this length. */
function isWhole(bytes: number): boolean {
  return bytes % KIB === 0 && MAX_PART_BYTES % bytes === 0
}

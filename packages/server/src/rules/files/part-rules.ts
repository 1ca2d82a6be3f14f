import type { Refusal } from '../refusal.ts'
import type { NewPart } from './words.ts'

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

/** The number of parts of a length. */
interface Sizes {
  readonly bytes: number
  readonly count: number
}

/**
 * Judges the length of a part by the lengths of all others: all are equal but for a shorter one, the last, which may come
 * first. Its place is judged once all are there.
 *
 * @returns the error
 */
export function checkPartSize(bytes: number, others: readonly Sizes[]): Refusal | undefined {
  const sizes = new Map(others.map((other) => [other.bytes, other.count]))
  sizes.set(bytes, (sizes.get(bytes) ?? 0) + 1)
  const longest = Math.max(...sizes.keys())
  const shorter = [...sizes].filter(([each]) => each < longest)
  if (shorter.length > 1 || shorter.some(([, count]) => count > 1)) return 'FILE_PART_SIZE_CHANGED'
  const isAlone = others.length === 0
  return isAlone || isWhole(longest) ? undefined : 'FILE_PART_SIZE_INVALID'
}

/** Tells whether all parts but the last may have this length. */
function isWhole(bytes: number): boolean {
  return bytes % KIB === 0 && MAX_PART_BYTES % bytes === 0
}

/** What a reader refuses to go beyond, however the bytes ask for it, and a writer to write. */
export const LIMITS = {
  /** TL's own limit for a string or bytes: 2^24 - 1. */
  maxStringBytes: 0xffffff,
  /** Values nested in one another, counted where a type can contain itself. */
  maxDepth: 100,
  /** A whole serialized value. */
  maxValueBytes: 0x4000000,
} as const

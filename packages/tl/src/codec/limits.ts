/** Limits of the codec: readers refuse bytes beyond them, writers refuse values beyond them. */
export const LIMITS = {
  /** TL's own limit for a string or bytes: 2^24 - 1. */
  maxStringBytes: 0xffffff,
  /** Levels of nesting, counted only for types that can contain themselves. */
  maxDepth: 100,
  /** Size of one serialized value. */
  maxValueBytes: 0x4000000,
} as const

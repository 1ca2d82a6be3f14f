import type { Random } from '@cablegram/mtproto'

/** The most that one call of `getRandomValues` gives. */
const MAX_BYTES = 65_536

/** Bytes from the runtime's CSPRNG, up to 64 KiB at a time. */
export const secureRandom: Random = (length) => {
  if (length > MAX_BYTES) throw new RangeError(`more than ${MAX_BYTES} random bytes at once`)
  return crypto.getRandomValues(new Uint8Array(length))
}

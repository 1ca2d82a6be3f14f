const SLAB_BYTES = 32_768
/** Larger ones get memory of their own, so that keeping one does not keep a slab. */
const MAX_SHARED_BYTES = 2048

let slab = new Uint8Array(SLAB_BYTES)
let used = 0

/**
 * `length` bytes, zero, never handed out before. Small ones share an ArrayBuffer: making one costs a microsecond,
 * a view of one a tenth of that.
 */
export function allocateBytes(length: number): Uint8Array {
  if (length > MAX_SHARED_BYTES) return new Uint8Array(length)
  if (used + length > SLAB_BYTES) {
    slab = new Uint8Array(SLAB_BYTES)
    used = 0
  }
  const start = used
  // Eight-byte steps keep words aligned.
  used = (used + length + 7) & ~7
  return slab.subarray(start, start + length)
}

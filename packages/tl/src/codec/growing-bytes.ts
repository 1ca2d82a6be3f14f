const MIN_SEGMENT_BYTES = 256
const MAX_SEGMENT_BYTES = 64 * 1024
/** V8 keeps the bytes of so short an array beside the array. */
const MAX_HEAP_BYTES = 64

/**
 * Collects the pieces of a body in segments that it fills one after the other. Their number depends on the bytes alone: a
 * list of the pieces would keep some hundred bytes for each, and the sender decides how many pieces there are. Nothing is
 * copied before the body is whole, so that a hundred unfinished bodies take what they hold.
 */
export class GrowingBytes {
  readonly #maxBytes: number
  #segments: Uint8Array[] = []
  #capacity = 0
  #length = 0

  /** @param maxBytes the longest body; see {@link add} */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Bytes added so far. */
  get length(): number {
    return this.#length
  }

  /** Bytes of memory in use: at most 64 KiB more than have been added, at most twice as many, but 256 at least. */
  get capacity(): number {
    return this.#capacity
  }

  /** Copies a piece to the end. Returns false, and drops everything, if the body would be longer than `maxBytes`. */
  add(piece: Uint8Array): boolean {
    if (this.#length + piece.length > this.#maxBytes) {
      this.drop()
      return false
    }
    let rest = piece
    while (rest.length > 0) {
      if (this.#length === this.#capacity) this.#addSegment(rest.length)
      const last = this.#segments.at(-1) ?? rest
      const usedBytes = last.length - (this.#capacity - this.#length)
      const fitting = rest.subarray(0, last.length - usedBytes)
      last.set(fitting, usedBytes)
      this.#length += fitting.length
      rest = rest.subarray(fitting.length)
    }
    return true
  }

  /** The first bytes, `count` of them or as many as there are, up to 256: a view. */
  head(count: number): Uint8Array {
    const [first = new Uint8Array(0)] = this.#segments
    return first.subarray(0, Math.min(count, this.#length, MIN_SEGMENT_BYTES))
  }

  /** Hands over the body, in memory of its own, and starts an empty one. */
  take(): Uint8Array {
    const [first = new Uint8Array(0), ...others] = this.#segments
    const length = this.#length
    this.#length = this.#capacity = 0
    this.#segments = []
    if (others.length === 0) return first.subarray(0, length)
    const whole = new Uint8Array(length)
    let at = 0
    for (const segment of [first, ...others]) {
      whole.set(segment.subarray(0, length - at), at)
      at += segment.length
      freeBytes(segment)
    }
    return whole
  }

  /** Frees the memory at once, and starts an empty body. */
  drop(): void {
    for (const segment of this.#segments) freeBytes(segment)
    this.#segments = []
    this.#length = this.#capacity = 0
  }

  /** The first segment has room for the first piece, so that a short body in one piece is never copied again. */
  #addSegment(neededBytes: number): void {
    const wanted = this.#length === 0 ? neededBytes : this.#length
    const bytes = Math.min(Math.max(wanted, MIN_SEGMENT_BYTES), MAX_SEGMENT_BYTES)
    this.#segments.push(new Uint8Array(bytes))
    this.#capacity += bytes
  }
}

/**
 * Frees the memory of bytes that nobody uses any longer, if they fill their buffer. The collector frees it, too, but under
 * attack too late. Runtimes from before 2024 leave it to the collector.
 */
export function freeBytes(bytes: Uint8Array): void {
  // These lie in the heap of the collector, and asking for their buffer would make one.
  if (bytes.length <= MAX_HEAP_BYTES) return
  const { buffer, length } = bytes
  const isWhole = length === buffer.byteLength && buffer instanceof ArrayBuffer
  if (isWhole && typeof buffer.transfer === 'function') buffer.transfer(0)
}

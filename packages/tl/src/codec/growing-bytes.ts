/** Room for the smallest pieces, so that the first few do not grow the buffer one by one. */
const MIN_CAPACITY = 256

/**
 * Collects the pieces of a body in one buffer, which doubles as it fills. A list of pieces would keep an object of some
 * hundred bytes for each, and a sender decides how many pieces a body has.
 */
export class GrowingBytes {
  readonly #maxBytes: number
  #buffer = new Uint8Array(0)
  #length = 0

  /** @param maxBytes the longest body; see {@link add} */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Bytes added so far. */
  get length(): number {
    return this.#length
  }

  /** Bytes of memory in use: at most twice the bytes added, or 256. */
  get capacity(): number {
    return this.#buffer.length
  }

  /** Copies a piece to the end. Returns false, and drops everything, if the body would be longer than `maxBytes`. */
  add(piece: Uint8Array): boolean {
    const needed = this.#length + piece.length
    if (needed > this.#maxBytes) {
      this.take()
      return false
    }
    if (needed > this.#buffer.length) this.#grow(needed)
    this.#buffer.set(piece, this.#length)
    this.#length = needed
    return true
  }

  /** The bytes added so far: a view, valid until the next call. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }

  /** Hands over the body, as a view of the buffer, and starts an empty one. */
  take(): Uint8Array {
    const whole = this.bytes
    this.#buffer = new Uint8Array(0)
    this.#length = 0
    return whole
  }

  /** A body that comes in one piece gets exactly the room it needs. */
  #grow(needed: number): void {
    const wanted = this.#length === 0 ? needed : needed * 2
    const grown = new Uint8Array(Math.min(Math.max(wanted, MIN_CAPACITY), this.#maxBytes))
    grown.set(this.bytes)
    this.#buffer = grown
  }
}

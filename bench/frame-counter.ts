/** Counts the frames of an abridged connection that are at least so long, and looks at nothing in them. */
export class FrameCounter {
  readonly #minBytes: number
  readonly #onFrame: () => void
  /** The header of a frame, up to four bytes: 0x7f and the length in words, or the length alone. */
  readonly #head: number[] = []
  #frameBytes = 0
  #leftBytes = 0

  constructor(minBytes: number, onFrame: () => void) {
    this.#minBytes = minBytes
    this.#onFrame = onFrame
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#leftBytes === 0) {
        this.#begin(chunk[at] ?? 0)
        at += 1
        continue
      }
      const taken = Math.min(this.#leftBytes, chunk.length - at)
      this.#leftBytes -= taken
      at += taken
      if (this.#leftBytes === 0 && this.#frameBytes >= this.#minBytes) this.#onFrame()
    }
  }

  #begin(byte: number): void {
    this.#head.push(byte)
    const [first = 0, low = 0, middle = 0, high = 0] = this.#head
    // The first byte's high bit would be a quick acknowledgement, for which nobody asks.
    const isLong = first === 0x7f
    if (isLong && this.#head.length < 4) return
    this.#head.length = 0
    this.#frameBytes = 4 * (isLong ? low | (middle << 8) | (high << 16) : first)
    this.#leftBytes = this.#frameBytes
  }
}

/** Connections that go on reading in one turn of the event loop. */
const RESUMED_PER_TURN = 8
/** A chunk of this length says that more is waiting: Node reads up to 64 KiB at a time, and up to 32 times in a row. */
const LARGE_CHUNK_BYTES = 16 * 1024

/** Tells whether the peer that sent a chunk has to wait for its next turn. */
export function isLargeChunk(chunk: Uint8Array): boolean {
  return chunk.length >= LARGE_CHUNK_BYTES
}

/**
 * Lets connections that send much read in turns. Without this the event loop takes two megabytes from each of them before
 * it comes to anything else: 400 connections held up everybody else's calls for seconds.
 */
export class ReadTurns {
  readonly #waiting = new Set<() => void>()
  #isScheduled = false

  /** @param resume called in a later turn of the event loop, after those that wait already */
  wait(resume: () => void): void {
    this.#waiting.add(resume)
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#onTurn())
  }

  #onTurn(): void {
    const resumed = [...this.#waiting].slice(0, RESUMED_PER_TURN)
    for (const resume of resumed) this.#waiting.delete(resume)
    this.#isScheduled = this.#waiting.size > 0
    if (this.#isScheduled) setImmediate(() => this.#onTurn())
    for (const resume of resumed) resume()
  }
}

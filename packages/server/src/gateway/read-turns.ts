/** Connections that go on reading in one turn of the event loop. */
const RESUMED_PER_TURN = 8
/** A chunk of this length says that more is waiting: Node reads up to 64 KiB at a time, and up to 32 times in a row. */
const LARGE_CHUNK_BYTES = 16 * 1024

/**
 * A connection goes on for so many bytes before it makes room for others: for a part of a file with all that stands around it. Who
 * sends a longer frame waits in between.
 */
export const STRETCH_BYTES: number = 640 * 1024

/** Tells whether the peer that sent a chunk has to wait for its next turn. */
export function isLargeChunk(chunk: Uint8Array): boolean {
  return chunk.length >= LARGE_CHUNK_BYTES
}

/**
 * Lets connections that send much read in turns. Without this the event loop takes two megabytes from each of them before
 * it comes to anything else: 400 connections held up everybody else's calls for seconds.
 *
 * A connection that is in the middle of a part of a file goes on before others begin: else the server would have half a part of
 * each of them in memory.
 */
export class ReadTurns {
  readonly #goingOn = new Set<() => void>()
  readonly #waiting = new Set<() => void>()
  #isScheduled = false

  /**
   * @param resume called in a later turn of the event loop, after those that wait already
   * @param goesOn it comes before those that do not go on
   */
  wait(resume: () => void, goesOn = false): void {
    const line = goesOn ? this.#goingOn : this.#waiting
    line.add(resume)
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#onTurn())
  }

  #onTurn(): void {
    const resumed = [...this.#take(this.#goingOn, RESUMED_PER_TURN)]
    resumed.push(...this.#take(this.#waiting, RESUMED_PER_TURN - resumed.length))
    this.#isScheduled = this.#goingOn.size + this.#waiting.size > 0
    if (this.#isScheduled) setImmediate(() => this.#onTurn())
    for (const resume of resumed) resume()
  }

  *#take(line: Set<() => void>, count: number): Iterable<() => void> {
    let left = count
    for (const resume of line) {
      if (left-- === 0) return
      line.delete(resume)
      yield resume
    }
  }
}

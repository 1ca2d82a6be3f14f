/**
 * Lets so much work begin in each turn of the event loop, in its order. What one packet asks for (a thousand requests,
 * a megabyte out of gzip in each) is then never all in memory at once, and other connections get their turn in between.
 */
export class Turns {
  readonly #limit: number
  readonly #waiting: (() => void)[] = []
  #begun = 0

  /** @param limit what may begin in a turn */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Undefined: begin now; else when it resolves. */
  next(): Promise<void> | undefined {
    if (this.#begun === 0) setImmediate(() => this.#onTurn())
    if (this.#begun < this.#limit) {
      this.#begun += 1
      return undefined
    }
    return new Promise((begin) => this.#waiting.push(begin))
  }

  #onTurn(): void {
    const beginning = this.#waiting.splice(0, this.#limit)
    this.#begun = beginning.length
    if (beginning.length > 0) setImmediate(() => this.#onTurn())
    for (const begin of beginning) begin()
  }
}

import { FairQueue } from '../ground/fair-queue.ts'

/** A request's place in the queue: the network it comes from, and the connection there. */
export interface Place {
  /** Asked only if the request has to wait. */
  readonly network: () => string
  readonly connection: number
}

/** Limits on the work that begins in a turn of the event loop. */
export interface TurnsOptions {
  /** Requests that may begin in a turn, however short the turns are. */
  readonly limit: number
  /** A turn that takes longer halves the number for the next one, down to one; a turn half as long doubles it. */
  readonly turnMs: number
  /** A clock that is never set. */
  readonly nowMs: () => number
}

/**
 * Lets so much work begin in each turn of the event loop, and shares the turns out: networks take turns, and the
 * connections of each. What one packet asks for (a thousand requests, a megabyte out of gzip in each) is then never all in
 * memory at once, and a request of another connection waits for one turn and not for all of that.
 */
export class Turns {
  readonly #options: TurnsOptions
  readonly #waiting = new FairQueue<string, FairQueue<number, (() => void)[]>>()
  #limit: number
  #begun = 0
  #turnBeganMs = 0

  constructor(options: TurnsOptions) {
    this.#options = options
    this.#limit = options.limit
  }

  /** Undefined: begin now; else when it resolves. */
  next({ network, connection }: Place): Promise<void> | undefined {
    if (this.#begun === 0) this.#endTurnSoon()
    if (this.#begun < this.#limit && this.#waiting.isEmpty) {
      this.#begun += 1
      return undefined
    }
    this.#begun = Math.max(this.#begun, 1)
    return new Promise((begin) => {
      const ofNetwork = this.#waiting.lane(network(), () => new FairQueue())
      ofNetwork.lane(connection, () => []).push(begin)
    })
  }

  #endTurnSoon(): void {
    this.#turnBeganMs = this.#options.nowMs()
    setImmediate(() => this.#onTurn())
  }

  #onTurn(): void {
    this.#adapt(this.#options.nowMs() - this.#turnBeganMs)
    const beginning: (() => void)[] = []
    while (beginning.length < this.#limit) {
      const begin = this.#take()
      if (begin === undefined) break
      beginning.push(begin)
    }
    this.#begun = beginning.length
    if (beginning.length > 0) this.#endTurnSoon()
    for (const begin of beginning) begin()
  }

  #adapt(tookMs: number): void {
    const { limit, turnMs } = this.#options
    if (tookMs > turnMs) this.#limit = Math.max(1, this.#limit >> 1)
    else if (tookMs * 2 < turnMs) this.#limit = Math.min(limit, this.#limit * 2)
  }

  #take(): (() => void) | undefined {
    return this.#waiting.take((ofNetwork) => ofNetwork.take((begins) => begins.shift()))
  }
}

/** A number of places: work waits, in order, until one is free. The work that waits is bounded by those who ask for it. */
export class Places {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  /** Does work in a place of its own. */
  async taking<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }
}

/** Work that has no place yet. */
interface Waiting {
  readonly ownerId: bigint
  readonly start: () => void
}

/** Places of which nobody has more than a few: work of others goes before that of somebody who has theirs. */
export class SharedPlaces {
  #free: number
  readonly #ownerPlaces: number
  readonly #taken = new Map<bigint, number>()
  readonly #waiting: Waiting[] = []

  constructor(count: number, ownerPlaces: number) {
    this.#free = count
    this.#ownerPlaces = ownerPlaces
  }

  /**
   * Does work of somebody's in a place of its own.
   *
   * @param signal ends the wait for a place, and not the work
   * @throws the reason of the signal
   */
  async taking<T>(ownerId: bigint, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted()
    await new Promise<void>((start, reject) => {
      const waiting = { ownerId, start }
      this.#waiting.push(waiting)
      signal?.addEventListener('abort', () => this.#forget(waiting) && reject(signal.reason), { once: true })
      this.#startNext()
    })
    try {
      return await work()
    } finally {
      this.#free += 1
      this.#count(ownerId, -1)
      this.#startNext()
    }
  }

  /** @returns false: it no longer waits */
  #forget(waiting: Waiting): boolean {
    const at = this.#waiting.indexOf(waiting)
    if (at !== -1) this.#waiting.splice(at, 1)
    return at !== -1
  }

  /** Starts the first work that waits and whose owner may have a place, if there is a free one. */
  #startNext(): void {
    if (this.#free === 0) return
    const next = this.#waiting.findIndex(({ ownerId }) => (this.#taken.get(ownerId) ?? 0) < this.#ownerPlaces)
    const [found] = next === -1 ? [] : this.#waiting.splice(next, 1)
    if (found === undefined) return
    this.#free -= 1
    this.#count(found.ownerId, 1)
    found.start()
  }

  #count(ownerId: bigint, change: number): void {
    const taken = (this.#taken.get(ownerId) ?? 0) + change
    if (taken === 0) this.#taken.delete(ownerId)
    else this.#taken.set(ownerId, taken)
  }
}

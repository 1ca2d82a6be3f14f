/** Lanes that are served one after the other. A lane is forgotten once it is empty. */
export class FairQueue<Key, Lane> {
  readonly #lanes = new Map<Key, Lane>()

  get isEmpty(): boolean {
    return this.#lanes.size === 0
  }

  /** All lanes, in the order in which they are served. */
  get lanes(): Iterable<Lane> {
    return this.#lanes.values()
  }

  /** The lane of that name, made if there is none. */
  lane(key: Key, make: () => Lane): Lane {
    const lane = this.#lanes.get(key) ?? make()
    this.#lanes.set(key, lane)
    return lane
  }

  /** Takes from the lane that has waited longest. @param takeFrom returns undefined if the lane is empty */
  take<T>(takeFrom: (lane: Lane) => T | undefined): T | undefined {
    for (const [key, lane] of this.#lanes) {
      this.#lanes.delete(key)
      const taken = takeFrom(lane)
      if (taken === undefined) continue
      this.#lanes.set(key, lane)
      return taken
    }
    return undefined
  }
}

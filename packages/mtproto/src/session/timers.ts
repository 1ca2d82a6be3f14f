interface Entry<T> {
  readonly atMs: number
  readonly key: T
}

/** Timers, ordered by a heap. Entries of timers that were set anew stay in it until they are met. */
export class Timers<T extends object> {
  readonly #times = new Map<T, number>()
  #heap: Entry<T>[] = []

  /** The earliest time, or undefined when none is set. */
  get nextAtMs(): number | undefined {
    this.#dropStale()
    return this.#heap[0]?.atMs
  }

  /** The number of timers that are set. */
  get size(): number {
    return this.#times.size
  }

  /** Sets the timer of `key`, instead of the one it may have. */
  set(key: T, atMs: number): void {
    if (this.#times.get(key) === atMs) return
    this.#times.set(key, atMs)
    this.#push({ atMs, key })
    if (this.#heap.length > 64 + this.#times.size * 2) this.#rebuild()
  }

  clear(key: T): void {
    this.#times.delete(key)
  }

  /** Takes out what is due, the earliest first. */
  takeDue(nowMs: number): T[] {
    const due: T[] = []
    for (;;) {
      this.#dropStale()
      const first = this.#heap[0]
      if (!first || first.atMs > nowMs) return due
      this.#times.delete(first.key)
      due.push(first.key)
    }
  }

  #dropStale(): void {
    for (
      let first = this.#heap[0];
      first && this.#times.get(first.key) !== first.atMs;
      first = this.#heap[0]
    ) {
      this.#pop()
    }
  }

  #rebuild(): void {
    this.#heap = []
    for (const [key, atMs] of this.#times) this.#push({ atMs, key })
  }

  #push(entry: Entry<T>): void {
    const heap = this.#heap
    let at = heap.push(entry) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = heap[above]
      if (!parent || parent.atMs <= entry.atMs) break
      heap[at] = parent
      at = above
    }
    heap[at] = entry
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let at = 0
    for (;;) {
      let below = at * 2 + 1
      const left = heap[below]
      if (!left) break
      const right = heap[below + 1]
      if (right && right.atMs < left.atMs) below += 1
      const child = heap[below]
      if (!child || child.atMs >= last.atMs) break
      heap[at] = child
      at = below
    }
    heap[at] = last
  }
}

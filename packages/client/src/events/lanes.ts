import type { Clock } from '../net/clock.ts'

/** Lanes that work at once; others wait for their turn. */
const MAX_AT_ONCE = 100
/** A handler that takes longer is told of once. */
const SLOW_MS = 60_000

/** A piece of work: it never rejects. */
type Work = () => Promise<void>

/** Parts of the lanes. */
export interface LanesParts {
  readonly clock: Clock
  /** Told of work that takes very long. */
  readonly onSlow: (lane: string) => void
  readonly maxAtOnce?: number
}

/** Work in lanes: in order within a lane, and side by side in different lanes. */
export class Lanes {
  readonly #parts: LanesParts
  readonly #maxAtOnce: number
  readonly #queues = new Map<string, Work[]>()
  /** Lanes with work that wait for others to end. */
  readonly #ready: string[] = []
  #running = 0
  readonly #timers = new Set<() => void>()
  #isClosed = false

  constructor(parts: LanesParts) {
    this.#parts = parts
    this.#maxAtOnce = parts.maxAtOnce ?? MAX_AT_ONCE
  }

  add(lane: string, work: Work): void {
    const queue = this.#queues.get(lane)
    if (queue) {
      queue.push(work)
      return
    }
    this.#queues.set(lane, [work])
    this.#ready.push(lane)
    this.#next()
  }

  /** Begins no more work, and leaves no timer. Work that has begun goes on. */
  close(): void {
    this.#isClosed = true
    this.#queues.clear()
    this.#ready.length = 0
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
  }

  #next(): void {
    while (!this.#isClosed && this.#running < this.#maxAtOnce) {
      const lane = this.#ready.shift()
      if (lane === undefined) return
      this.#running += 1
      void this.#run(lane)
    }
  }

  /** Does one piece of work; the lane then waits for its turn, so that a busy one does not keep others out. */
  async #run(lane: string): Promise<void> {
    const work = this.#queues.get(lane)?.shift()
    const cancel = this.#watch(lane)
    await work?.()
    cancel()
    this.#running -= 1
    if (this.#isClosed) return
    if (this.#queues.get(lane)?.length === 0) this.#queues.delete(lane)
    else this.#ready.push(lane)
    this.#next()
  }

  #watch(lane: string): () => void {
    const cancelTimer = this.#parts.clock.after(SLOW_MS, () => this.#parts.onSlow(lane))
    const cancel = () => {
      cancelTimer()
      this.#timers.delete(cancel)
    }
    this.#timers.add(cancel)
    return cancel
  }
}

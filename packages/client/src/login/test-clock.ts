import type { Clock } from '../net/clock.ts'

/** A clock that stands still until it is moved. */
export class TestClock implements Clock {
  #nowMs = 1_000_000_000_000
  #timers: { atMs: number; action: () => void }[] = []

  nowMs(): number {
    return this.#nowMs
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(delayMs, 0), action }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** How many actions wait for their time. */
  get waiting(): number {
    return this.#timers.length
  }

  /** When the next action is due. */
  get nextAtMs(): number | undefined {
    return this.#timers.length === 0 ? undefined : Math.min(...this.#timers.map(({ atMs }) => atMs))
  }

  /** Sets the clock, as a user or NTP does: timers go on as if nothing had happened. */
  set(nowMs: number): void {
    const byMs = nowMs - this.#nowMs
    this.#nowMs = nowMs
    for (const timer of this.#timers) timer.atMs += byMs
  }

  /** Moves on, and runs what is due. Resolves once that has done what it can do. */
  async advance(ms: number): Promise<void> {
    this.#nowMs += ms
    const due = this.#timers.filter(({ atMs }) => atMs <= this.#nowMs)
    this.#timers = this.#timers.filter(({ atMs }) => atMs > this.#nowMs)
    for (const { action } of due) action()
    await settled()
  }
}

/** Resolves after everything that waits for nothing outside. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

const MAX_STEPS = 5000

/** Lets time pass until a promise has settled. */
export async function outcomeOver<Result>(
  clock: TestClock,
  promise: Promise<Result>,
): Promise<PromiseSettledResult<Result>> {
  let outcome: PromiseSettledResult<Result> | undefined
  void Promise.allSettled([promise]).then(([settledAs]) => {
    outcome = settledAs
  })
  for (let step = 0; step < MAX_STEPS; step++) {
    await settled()
    if (outcome) return outcome
    const { nextAtMs } = clock
    if (nextAtMs !== undefined) await clock.advance(Math.max(0, nextAtMs - clock.nowMs()))
  }
  throw new Error('it does not end')
}

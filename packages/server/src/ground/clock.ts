/** The clocks and timers that everything else is given. */

/** The rules' clock: expiry, floods, waiting periods. Dates on the wire stay the wall clock's. */
export interface Clock {
  nowMs(): number
}

/** The machine's own clock, which everything goes by that is given no other. */
export const machineNowMs: () => number = Date.now

/** The machine's steady clock, which is never set: it measures how long something takes. */
export const steadyNowMs: () => number = () => performance.now()

/** Runs something once, after so long; what it returns takes that back. */
export type StartTimer = (run: () => void, ms: number) => () => void

/** The machine's own timers, which everything waits by that is given no others. */
export const machineTimer: StartTimer = (run, ms) => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

/** The machine's own timers where nothing is lost if the process ends first: they keep none running. */
export const idleTimer: StartTimer = (run, ms) => {
  const timer = setTimeout(run, ms).unref()
  return () => clearTimeout(timer)
}

/** A rules' clock that can be moved ahead of the wall clock, never back. */
export interface MovableClock extends Clock {
  /** The time that it is ahead of the wall clock. */
  readonly aheadMs: number
  /** @param ms 0 or more */
  advance(ms: number): void
  /** As far ahead as all nodes of a server are. */
  setAhead(ms: number): void
  /** Back to the wall clock: only once everything that it dated is gone. */
  reset(): void
}

/** The wall clock, plus what `advance` was given. */
export function createClock(wallMs: () => number = machineNowMs): MovableClock {
  let aheadMs = 0
  return {
    get aheadMs() {
      return aheadMs
    },
    nowMs: () => wallMs() + aheadMs,
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError('a clock only moves forward')
      aheadMs += ms
    },
    setAhead(ms) {
      aheadMs = ms
    },
    reset() {
      aheadMs = 0
    },
  }
}

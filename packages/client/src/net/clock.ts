/** Time as the client sees it: injected, so that back-off and deadlines can be tested without waiting. */
export interface Clock {
  nowMs(): number
  /** Runs `action` once after `delayMs`; the returned function calls it off. */
  after(delayMs: number, action: () => void): () => void
}

/** The longest delay `setTimeout` takes; it fires a longer one at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

/** The machine's own clock and timers. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, Math.min(Math.max(delayMs, 0), MAX_TIMEOUT_MS))
    return () => clearTimeout(timer)
  },
}

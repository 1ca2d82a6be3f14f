/** Time as the client sees it: injected, so that back-off and deadlines can be tested without waiting. */
export interface Clock {
  nowMs(): number
  /** Runs `action` once after `delayMs`; the returned function calls it off. */
  after(delayMs: number, action: () => void): () => void
}

/** Resolves after a time; rejects with the reason of the first signal that aborts. */
export function pause(
  clock: Clock,
  ms: number,
  signals: readonly (AbortSignal | undefined)[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    const listening = signals.filter((signal) => signal !== undefined)
    const stop = () => {
      for (const signal of listening) signal.removeEventListener('abort', onAbort)
    }
    const cancel = clock.after(ms, () => {
      stop()
      resolve()
    })
    const onAbort = () => {
      stop()
      cancel()
      reject(listening.find(({ aborted }) => aborted)?.reason)
    }
    for (const signal of listening) signal.addEventListener('abort', onAbort, { once: true })
    if (listening.some(({ aborted }) => aborted)) onAbort()
  })
}

/** The longest delay `setTimeout` takes; it fires a longer one at once. */
export const MAX_TIMEOUT_MS: number = 2 ** 31 - 1

/** The machine's own clock and timers. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, Math.min(Math.max(delayMs, 0), MAX_TIMEOUT_MS))
    return () => clearTimeout(timer)
  },
}

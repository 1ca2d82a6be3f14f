import { type Clock, MAX_TIMEOUT_MS } from './clock.ts'

/** A clock that never goes back: where the machine's own is set back, waits and deadlines go on as if it had not been. */
export function steadyClock(clock: Clock): Clock {
  let lastWallMs = Number.NEGATIVE_INFINITY
  let setBackMs = 0
  const nowMs = () => {
    const wallMs = clock.nowMs()
    setBackMs += Math.max(lastWallMs - wallMs, 0)
    lastWallMs = wallMs
    return wallMs + setBackMs
  }
  const after = (delayMs: number, action: () => void) => {
    const dueMs = nowMs() + Math.min(delayMs, MAX_TIMEOUT_MS)
    return clock.after(delayMs, () => {
      // Time that went by before the clock was set back, and that nobody had read.
      const unreadMs = dueMs - nowMs()
      setBackMs += Math.max(unreadMs, 0)
      action()
    })
  }
  return { nowMs, after }
}

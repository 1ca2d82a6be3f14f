import { type Clock, pause } from './net/clock.ts'
import { failureOf } from './updates/failure-of.ts'
import { PAUSES_MS } from './updates/repair.ts'

/** Parts of a return. */
export interface ComeBackParts {
  readonly clock: Clock
  readonly open: () => Promise<unknown>
  /** Ends the attempts. */
  readonly signal: AbortSignal
  /** Told of each attempt that fails, and of the pause before the next one. */
  readonly onFailed: (waitMs: number, error: unknown) => void
}

/**
 * Connects, however long it takes.
 *
 * @returns whether it is connected; not if it was aborted, or the login has ended
 */
export async function comeBack({ clock, open, signal, onFailed }: ComeBackParts): Promise<boolean> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      await open()
      return true
    } catch (error) {
      if (failureOf(error, { of: 'state' }).kind === 'ended') return false
      const waitMs = PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)] ?? 0
      onFailed(waitMs, error)
      await pause(clock, waitMs, [signal]).catch(() => {
        // It was aborted, which ends the loop.
      })
    }
  }
  return false
}

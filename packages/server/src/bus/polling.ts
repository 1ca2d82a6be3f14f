import { machineTimer, type StartTimer } from '../ground/clock.ts'

/** Nodes that hear of nothing look at the store this often. */
export const POLL_MS = 2_000

/** Calls `look` at once and then every two seconds. @returns the function that ends it */
export function startPolling(look: () => void, startTimer: StartTimer = machineTimer): () => void {
  let cancel: () => void
  const again = (): void => {
    cancel = startTimer(again, POLL_MS)
    look()
  }
  again()
  return () => cancel()
}

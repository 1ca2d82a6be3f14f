import { machineTimer } from '../../ground/clock.ts'
import type { Ground } from '../../ground/ground.ts'
import { longestWindowMs } from './budgets.ts'
import { forgetOldCodes } from './decide-forget.ts'

const EVERY_MS = 60_000
/** The pause between two runs while there is more to delete: requests come first. */
const NEXT_MS = 50

/**
 * Deletes sends, failures, codes, deliveries, inbox entries and granted requests that no rule needs any more, a part with
 * each run. Each node may do so.
 *
 * @returns the function that stops it
 */
export function startForgetting({
  store,
  clock,
  settings,
  startTimer = machineTimer,
}: Pick<Ground, 'store' | 'clock' | 'settings' | 'startTimer'>): () => void {
  let isStopped = false
  let cancel = startTimer(onTime, EVERY_MS)

  async function forget(): Promise<void> {
    const nowMs = clock.nowMs()
    const beforeMs = nowMs - longestWindowMs(settings)
    // A store in trouble says so itself; the next run makes up for this one.
    const hasMore = await store.decide(() => forgetOldCodes(beforeMs, nowMs)).catch(() => false)
    if (!isStopped) cancel = startTimer(onTime, hasMore ? NEXT_MS : EVERY_MS)
  }

  function onTime(): void {
    void forget()
  }

  return () => {
    isStopped = true
    cancel()
  }
}

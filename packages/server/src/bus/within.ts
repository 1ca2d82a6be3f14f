import type { StartTimer } from '../ground/clock.ts'

/** Waits for work, and no longer than this. @throws {Error} `no answer`, where the work is not done in time */
export async function within<T>(work: Promise<T>, limitMs: number, startTimer: StartTimer): Promise<T> {
  let cancel = (): void => {}
  const late = new Promise<never>((_, reject) => {
    cancel = startTimer(() => reject(new Error('no answer')), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    cancel()
  }
}

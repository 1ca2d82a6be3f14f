import { machineTimer } from '../../ground/clock.ts'
import type { Ground } from '../../ground/ground.ts'
import { oneAtATime } from '../../ground/one-at-a-time.ts'
import { isBlobName, isUploadName, sweepBlobs, sweepMedia, sweepUploads } from './decide-sweep.ts'

/** The parts that files are swept with. */
export interface SweepGround extends Pick<Ground, 'store' | 'files' | 'clock' | 'settings' | 'startTimer'> {
  readonly onTrouble: (error: unknown) => void
}

/** Sweeps that run by themselves. */
export interface Sweeps {
  /** Sweeps now; resolves once that is done. */
  run(): Promise<void>
  stop(): Promise<void>
}

const EVERY_MS = 30 * 60_000
/** Time for which media, blobs and files stay that nothing names. */
const GRACE_S = 3600

/** Sweeps files every half hour, until it is stopped. Each node may do so. */
export function startSweeping(on: SweepGround): Sweeps {
  const { startTimer = machineTimer, onTrouble } = on
  let cancel: () => void = () => undefined
  let isStopped = false
  const run = oneAtATime(async () => {
    if (!isStopped) await sweepFiles(on, () => isStopped)
  })
  const plan = (): void => {
    if (isStopped) return
    cancel = startTimer(() => void run().catch(onTrouble).finally(plan), EVERY_MS)
  }
  plan()
  return {
    run,
    async stop() {
      isStopped = true
      cancel()
      // A sweep that runs comes to the end of its page.
      await run().catch(onTrouble)
    },
  }
}

/**
 * Deletes what nothing names any more: photos and documents, blobs, uploads, and files without a row, as a crash leaves them.
 * Each row goes before its file.
 *
 * @param isStopped asked before each page and each file: what is left waits for the next sweep
 */
export async function sweepFiles(
  { store, files, clock, settings }: Omit<SweepGround, 'onTrouble'>,
  isStopped: () => boolean = () => false,
): Promise<void> {
  const nowS = Math.floor(clock.nowMs() / 1000)
  const beforeS = nowS - GRACE_S
  let after: bigint | undefined = 0n
  while (after !== undefined && !isStopped()) {
    const from: bigint = after
    after = await store.decide(() => sweepMedia(from, { nowS, beforeS }))
  }
  const uploadsBeforeS = nowS - settings.files.uploadLifetimeS
  while (!isStopped()) {
    const names = await store.decide(() => sweepUploads(uploadsBeforeS))
    if (names.length === 0) break
    for (const name of names) await files.parts.delete(name)
  }
  while (!isStopped()) {
    const names = await store.decide(() => sweepBlobs(beforeS))
    if (names.length === 0) break
    for (const name of names) await files.delete(name)
  }
  for await (const { name, ageMs } of files.parts.list()) {
    if (isStopped()) return
    if (ageMs < GRACE_S * 1000 || (await store.look(() => isUploadName(name)))) continue
    await files.parts.delete(name)
  }
  for await (const { name, ageMs } of files.list()) {
    if (isStopped()) return
    if (ageMs < GRACE_S * 1000 || (await store.look(() => isBlobName(name)))) continue
    await files.delete(name)
  }
}

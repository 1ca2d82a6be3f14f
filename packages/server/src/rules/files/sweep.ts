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
    if (!isStopped) await sweepFiles(on)
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
      // A sweep that runs comes to its end.
      await run().catch(onTrouble)
    },
  }
}

/**
 * Deletes what nothing names any more: photos and documents, blobs, uploads, and files without a row, as a crash leaves them.
 * Each row goes before its file.
 */
export async function sweepFiles({
  store,
  files,
  clock,
  settings,
}: Omit<SweepGround, 'onTrouble'>): Promise<void> {
  const nowS = Math.floor(clock.nowMs() / 1000)
  const beforeS = nowS - GRACE_S
  let after: bigint | undefined = 0n
  while (after !== undefined) {
    const from: bigint = after
    after = await store.decide(() => sweepMedia(from, { nowS, beforeS }))
  }
  await eachBatch(
    () => store.decide(() => sweepUploads(nowS - settings.files.uploadLifetimeS)),
    (name) => files.parts.delete(name),
  )
  await eachBatch(
    () => store.decide(() => sweepBlobs(beforeS)),
    (name) => files.delete(name),
  )
  for await (const { name, ageMs } of files.parts.list()) {
    if (ageMs < GRACE_S * 1000 || (await store.look(() => isUploadName(name)))) continue
    await files.parts.delete(name)
  }
  for await (const { name, ageMs } of files.list()) {
    if (ageMs < GRACE_S * 1000 || (await store.look(() => isBlobName(name)))) continue
    await files.delete(name)
  }
}

async function eachBatch(
  next: () => Promise<readonly string[]>,
  remove: (name: string) => Promise<void>,
): Promise<void> {
  for (;;) {
    const names = await next()
    if (names.length === 0) return
    for (const name of names) await remove(name)
  }
}

import type { Listed } from '../../files/port.ts'
import { machineTimer } from '../../ground/clock.ts'
import type { Ground } from '../../ground/ground.ts'
import { oneAtATime } from '../../ground/one-at-a-time.ts'
import {
  blobNames,
  findFreeBlobs,
  sweepBlobs,
  sweepMedia,
  sweepUploads,
  takeSweepTurn,
  uploadNames,
} from './decide-sweep.ts'
import { recountParts } from './decide-totals.ts'

/** The parts that files are swept with. */
export interface SweepGround
  extends Pick<Ground, 'store' | 'files' | 'clock' | 'random' | 'settings' | 'startTimer'> {
  readonly onTrouble: (error: unknown) => void
}

/** Sweeps that run by themselves. */
export interface Sweeps {
  /** Sweeps now, unless another node has done so lately; resolves once that is done. */
  run(): Promise<void>
  stop(): Promise<void>
}

const EVERY_MS = 30 * 60_000
/** Time for which media, blobs and files stay that nothing names. */
const GRACE_S = 3600

/** The turn of one node: the next sweep of any node is later. A node that is killed in its turn holds nobody up for longer. */
const TURN_S = 25 * 60
/** Names of files that one look is about. */
const NAMES_AT_ONCE = 500

/** Sweeps files every half hour, until it is stopped. Of several nodes one does so at a time. */
export function startSweeping(on: SweepGround): Sweeps {
  const { startTimer = machineTimer, onTrouble } = on
  const sweeper = Buffer.from(on.random(8)).toString('hex')
  let cancel: () => void = () => undefined
  let isStopped = false
  const run = oneAtATime(async () => {
    if (!isStopped && (await takeTurn(on, sweeper))) await sweepFiles(on, () => isStopped)
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

async function takeTurn({ store, clock }: SweepGround, sweeper: string): Promise<boolean> {
  const nowS = Math.floor(clock.nowMs() / 1000)
  return await store.decide(() => takeSweepTurn({ sweeper, nowS, untilS: nowS + TURN_S }))
}

/**
 * Deletes what nothing names any more: photos and documents, blobs, uploads, and files without a row, as a crash leaves them.
 * Each row goes before its file.
 *
 * @param isStopped asked before each page of rows or of names: what is left waits for the next sweep
 */
export async function sweepFiles(
  { store, files, clock, settings }: Omit<SweepGround, 'onTrouble' | 'random'>,
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
  await store.decide(recountParts)
  await sweepFreeBlobs({ store, files }, beforeS, isStopped)
  for await (const names of oldNames(files.parts.list())) {
    if (isStopped()) return
    const known = await store.look(() => uploadNames(names))
    for (const name of names) if (!known.has(name)) await files.parts.delete(name)
  }
  for await (const names of oldNames(files.list())) {
    if (isStopped()) return
    const known = await store.look(() => blobNames(names))
    for (const name of names) if (!known.has(name)) await files.delete(name)
  }
}

async function sweepFreeBlobs(
  { store, files }: Pick<SweepGround, 'store' | 'files'>,
  beforeS: number,
  isStopped: () => boolean,
): Promise<void> {
  let after: Uint8Array | undefined = new Uint8Array()
  while (after !== undefined && !isStopped()) {
    const from: Uint8Array = after
    const { digests, next } = await store.look(() => findFreeBlobs(from, beforeS))
    after = next
    const names = digests.length > 0 ? await store.decide(() => sweepBlobs(digests, beforeS)) : []
    for (const name of names) await files.delete(name)
    // A look at an embedded store is over at once: requests come between two of them.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Lists of the names of what was not written lately. */
async function* oldNames(listed: AsyncIterable<Listed>): AsyncGenerator<readonly string[]> {
  let names: string[] = []
  for await (const { name, ageMs } of listed) {
    if (ageMs >= GRACE_S * 1000) names.push(name)
    if (names.length < NAMES_AT_ONCE) continue
    yield names
    names = []
  }
  if (names.length > 0) yield names
}

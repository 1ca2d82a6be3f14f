import { computeSeal, type SealTask } from '@cablegram/mtproto'
import { type CrowdOptions, CrowdThreads } from './crowd-threads.ts'

/** A shorter packet is sealed in little more time than it takes to give it to another thread and back. */
export const SEALED_APART_BYTES: number = 64 * 1024
/** This thread seals so many a second: of the parts that most clients ask for, that is 8 MiB. */
const HERE_PER_S = 16

/** Threads that seal packets with parts of files, which is most of the work of a download. */
export function createSealPool(options: CrowdOptions): CrowdThreads<SealTask, Uint8Array> {
  const work = {
    file: 'seal-worker',
    name: 'parts of files',
    herePerS: HERE_PER_S,
    doHere: computeSeal,
    memoryOf: ({ packet: { buffer } }: SealTask) => (buffer instanceof ArrayBuffer ? [buffer] : []),
  }
  return new CrowdThreads(work, options)
}

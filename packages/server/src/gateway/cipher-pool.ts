import { type CipherResult, type CipherTask, computeCipher } from '@cablegram/mtproto'
import { type CrowdOptions, CrowdThreads } from './crowd-threads.ts'

/** A shorter packet is sealed in little more time than it takes to give it to another thread and back. */
export const CIPHERED_APART_BYTES: number = 64 * 1024
/** This thread seals and opens so many a second: of the parts that most clients send and ask for, that is 8 MiB. */
const HERE_PER_S = 16
const MAX_WAITING_BYTES = 4 * 1024 * 1024

/** Threads that seal and open packets with parts of files, which is most of the work of an upload or a download. */
export function createCipherPool(options: CrowdOptions): CrowdThreads<CipherTask, CipherResult> {
  const work = {
    file: 'cipher-worker',
    name: 'parts of files',
    herePerS: HERE_PER_S,
    doHere: computeCipher,
    bytesOf: ({ packet }: CipherTask) => packet.length,
    maxWaitingBytes: MAX_WAITING_BYTES,
    memoryOf: ({ packet: { buffer } }: CipherTask) => (buffer instanceof ArrayBuffer ? [buffer] : []),
  }
  return new CrowdThreads(work, options)
}

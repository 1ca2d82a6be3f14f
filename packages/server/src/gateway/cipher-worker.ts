/** A thread of the cipher pool. */
import { parentPort } from 'node:worker_threads'
import type { CipherTask } from '@cablegram/mtproto'
import { computeCipher } from '@cablegram/mtproto/cipher'

parentPort?.on('message', ({ job, task }: { readonly job: number; readonly task: CipherTask }) => {
  const result = computeCipher(task)
  // It is worked on where it lies: the memory of the task is that of the result.
  const { buffer } = task.packet
  parentPort?.postMessage({ job, result }, buffer instanceof ArrayBuffer ? [buffer] : [])
})

/** A thread of the seal pool. */
import { parentPort } from 'node:worker_threads'
import type { SealTask } from '@cablegram/mtproto'
import { computeSeal } from '@cablegram/mtproto/seal'

parentPort?.on('message', ({ job, task }: { readonly job: number; readonly task: SealTask }) => {
  const result = computeSeal(task)
  const { buffer } = result
  parentPort?.postMessage({ job, result }, buffer instanceof ArrayBuffer ? [buffer] : [])
})

/** A thread of the exchange pool: takes tasks, and makes some g^a ahead while there are none. */
import { randomBytes } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import {
  computeExchange,
  type ExchangeResult,
  type ExchangeTask,
  makeShortServerDh,
  type ServerDh,
} from '@cablegram/mtproto'
import { importRsaPrivateKey } from '@cablegram/mtproto/private-keys'

const MAX_AHEAD = 16

const { privatePems } = workerData as { readonly privatePems: readonly string[] }
const keys = privatePems.map(importRsaPrivateKey)
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))
const ahead: ServerDh[] = []

function makeAhead(): void {
  if (ahead.length >= MAX_AHEAD) return
  ahead.push(makeShortServerDh(random))
  // Not at once: a task that has come meanwhile goes first.
  setImmediate(makeAhead)
}

function compute(task: ExchangeTask): ExchangeResult | undefined {
  try {
    return computeExchange(task, keys, random, () => ahead.pop() ?? makeShortServerDh(random))
  } catch {
    // Whatever it is, it is the end of that one exchange.
    return undefined
  }
}

parentPort?.on('message', ({ job, task }: { readonly job: number; readonly task: ExchangeTask }) => {
  parentPort?.postMessage({ job, result: compute(task) })
  setImmediate(makeAhead)
})

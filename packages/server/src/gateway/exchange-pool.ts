import {
  computeExchange,
  type ExchangeResult,
  type ExchangeTask,
  makeShortServerDh,
  type Random,
} from '@cablegram/mtproto'
import type { RsaPrivateKey } from '@cablegram/mtproto/crypto'
import { type CrowdOptions, CrowdThreads } from './crowd-threads.ts'

/** Options of an exchange pool. */
export interface ExchangePoolOptions extends CrowdOptions {
  readonly rsaKeys: readonly RsaPrivateKey[]
  /** The same keys, for the threads. */
  readonly privatePems: readonly string[]
  readonly random: Random
}

/** This thread computes so many a second: a few milliseconds each delay nobody, and most servers never need another. */
const HERE_PER_S = 8

/**
 * Threads for the large numbers of key exchanges: a flood of them does not delay the calls of those who are signed in.
 */
export function createExchangePool({
  rsaKeys,
  privatePems,
  random,
  ...options
}: ExchangePoolOptions): CrowdThreads<ExchangeTask, ExchangeResult> {
  const work = {
    file: 'exchange-worker',
    name: 'key exchanges',
    workerData: { privatePems },
    herePerS: HERE_PER_S,
    doHere: (task: ExchangeTask) => computeExchange(task, rsaKeys, random, makeShortServerDh),
  }
  return new CrowdThreads(work, options)
}

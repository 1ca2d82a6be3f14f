import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import {
  computeExchange,
  type ExchangeResult,
  type ExchangeTask,
  makeShortServerDh,
  type Random,
} from '@cablegram/mtproto'
import type { RsaPrivateKey } from '@cablegram/mtproto/crypto'
import type { Logger } from 'pino'

/** Options of an exchange pool. */
export interface ExchangePoolOptions {
  /** Threads beside this one; with 0 this one does everything. */
  readonly threads: number
  readonly rsaKeys: readonly RsaPrivateKey[]
  /** The same keys, for the threads. */
  readonly privatePems: readonly string[]
  readonly random: Random
  readonly nowMs: () => number
  readonly logger: Logger
}

/** A thread, and the callers that wait for it. */
interface Thread {
  readonly worker: Worker
  readonly waiting: Map<number, (result: ExchangeResult | undefined) => void>
}

/** This thread computes so many a second: a few milliseconds each delay nobody, and most servers never need another. */
const HERE_PER_S = 8

/**
 * Computes the large numbers of key exchanges: a few in this thread, a flood of them in others, so that it does not
 * delay the calls of those who are signed in. Threads are started when they are first needed.
 */
export class ExchangePool {
  readonly #options: ExchangePoolOptions
  readonly #threads: Thread[] = []
  #lastJob = 0
  #second = { beganMs: 0, done: 0 }

  constructor(options: ExchangePoolOptions) {
    this.#options = options
  }

  /** Never rejects; undefined if it could not be computed. */
  compute(task: ExchangeTask): Promise<ExchangeResult | undefined> {
    const { threads, rsaKeys, random } = this.#options
    if (threads === 0 || this.#isCalm()) {
      return Promise.resolve(computeExchange(task, rsaKeys, random, makeShortServerDh))
    }
    const { worker, waiting } = this.#thread()
    const job = ++this.#lastJob
    return new Promise((resolve) => {
      waiting.set(job, resolve)
      worker.postMessage({ job, task })
    })
  }

  /** Gives up the tasks that still wait. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()))
  }

  #isCalm(): boolean {
    const nowMs = this.#options.nowMs()
    if (nowMs - this.#second.beganMs >= 1000) this.#second = { beganMs: nowMs, done: 0 }
    this.#second.done += 1
    return this.#second.done <= HERE_PER_S
  }

  /** The thread with the least to do, or a new one if all are busy. */
  #thread(): Thread {
    const [least] = [...this.#threads].sort((a, b) => a.waiting.size - b.waiting.size)
    const isEnough = this.#threads.length >= this.#options.threads
    return least && (isEnough || least.waiting.size === 0) ? least : this.#start()
  }

  #start(): Thread {
    const { privatePems, logger } = this.#options
    // The same file, as TypeScript in the repository and as JavaScript in the package.
    const file = new URL(`./exchange-worker${extname(import.meta.url)}`, import.meta.url)
    const worker = new Worker(file, { workerData: { privatePems }, execArgv: [], name: 'key exchanges' })
    const thread: Thread = { worker, waiting: new Map() }
    this.#threads.push(thread)
    worker.unref()
    worker.on('message', ({ job, result }: { job: number; result: ExchangeResult | undefined }) => {
      thread.waiting.get(job)?.(result)
      thread.waiting.delete(job)
    })
    worker.on('error', (error) => logger.error({ err: error }, 'a thread for key exchanges has failed'))
    worker.on('exit', () => {
      this.#threads.splice(this.#threads.indexOf(thread), 1)
      for (const resolve of thread.waiting.values()) resolve(undefined)
    })
    return thread
  }
}

import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import { idleTimer, type StartTimer } from '../ground/clock.ts'

/** A kind of work that other threads can do. */
export interface CrowdWork<Task, Result> {
  /** The file of the threads without its extension, beside this one. */
  readonly file: string
  /** Said in the log, and shown by tools that list threads. */
  readonly name: string
  readonly workerData?: unknown
  /** While there are no threads, so many tasks in each second are done here. */
  readonly herePerS: number
  readonly doHere: (task: Task) => Result
  /** Bytes of a task, and the most that may wait for a thread: beyond that this one does its share. Default: it does nothing. */
  readonly bytesOf?: (task: Task) => number
  readonly maxWaitingBytes?: number
  /** Memory of a task that goes to the thread, and is not copied. Default: none. */
  readonly memoryOf?: (task: Task) => ArrayBuffer[]
}

/** Options of all threads. */
export interface CrowdOptions {
  /** Threads beside this one; with 0 this one does everything. */
  readonly threads: number
  readonly nowMs: () => number
  readonly logger: Logger
  readonly startTimer?: StartTimer | undefined
}

/** Little of what a thread makes outlives its task. V8 would let the young generation grow all the same. */
const YOUNG_MIB = 2
/** A thread that has had nothing to do for so long ends. */
const IDLE_MS = 60_000
/** After a thread has failed none is started for so long: the system may have no room for one. */
const NONE_AFTER_FAILURE_MS = 60_000

/** A thread, and the callers that wait for it. */
interface Thread<Result> {
  readonly worker: Worker
  readonly waiting: Map<number, (result: Result | undefined) => void>
  waitingBytes: number
  /** Keeps it from ending. */
  stopIdle: () => void
}

/**
 * Does a few tasks in this thread, and a crowd of them in others. A thread takes memory and time to start, and most servers never
 * need one: they are started when they are first needed.
 */
export class CrowdThreads<Task, Result> {
  readonly #work: CrowdWork<Task, Result>
  readonly #options: CrowdOptions
  readonly #threads = new Set<Thread<Result>>()
  #lastJob = 0
  #second = { beganMs: 0, done: 0 }
  #noneUntilMs = 0

  constructor(work: CrowdWork<Task, Result>, options: CrowdOptions) {
    this.#work = work
    this.#options = options
  }

  /** Never rejects; undefined if the thread could not do it. */
  do(task: Task): Promise<Result | undefined> {
    if (this.#options.threads === 0 || this.#isCalm()) return Promise.resolve(this.#work.doHere(task))
    const thread = this.#thread()
    const { worker, waiting } = thread
    const { maxWaitingBytes = Number.POSITIVE_INFINITY, doHere } = this.#work
    const bytes = this.#work.bytesOf?.(task) ?? 0
    if (thread.waitingBytes + bytes > maxWaitingBytes) return Promise.resolve(doHere(task))
    thread.stopIdle()
    thread.waitingBytes += bytes
    const job = ++this.#lastJob
    return new Promise((resolve) => {
      waiting.set(job, (result) => {
        thread.waitingBytes -= bytes
        resolve(result)
      })
      worker.postMessage({ job, task }, this.#work.memoryOf?.(task) ?? [])
    })
  }

  /** Gives up the tasks that still wait. */
  async close(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => this.#end(thread)))
  }

  #isCalm(): boolean {
    if (this.#threads.size > 0) return false
    const nowMs = this.#options.nowMs()
    if (nowMs < this.#noneUntilMs) return true
    if (nowMs - this.#second.beganMs >= 1000) this.#second = { beganMs: nowMs, done: 0 }
    this.#second.done += 1
    return this.#second.done <= this.#work.herePerS
  }

  /** The thread with the least to do, or a new one if all are busy. */
  #thread(): Thread<Result> {
    const [least] = [...this.#threads].sort((a, b) => a.waiting.size - b.waiting.size)
    const isEnough = this.#threads.size >= this.#options.threads
    return least && (isEnough || least.waiting.size === 0) ? least : this.#start()
  }

  #start(): Thread<Result> {
    const { file, name, workerData } = this.#work
    const { logger } = this.#options
    // The same file, as TypeScript in the repository and as JavaScript in the package.
    const url = new URL(`./${file}${extname(import.meta.url)}`, import.meta.url)
    const worker = new Worker(url, {
      workerData,
      execArgv: [],
      name,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
    })
    const thread: Thread<Result> = { worker, waiting: new Map(), waitingBytes: 0, stopIdle: () => undefined }
    this.#threads.add(thread)
    worker.unref()
    worker.on('message', ({ job, result }: { job: number; result: Result | undefined }) => {
      thread.waiting.get(job)?.(result)
      thread.waiting.delete(job)
      if (thread.waiting.size === 0) this.#rest(thread)
    })
    worker.on('error', (error) => {
      this.#noneUntilMs = this.#options.nowMs() + NONE_AFTER_FAILURE_MS
      logger.error(
        { err: error },
        `a thread for ${name} has failed; for a minute the main thread does its work`,
      )
    })
    worker.on('exit', () => {
      this.#threads.delete(thread)
      for (const resolve of thread.waiting.values()) resolve(undefined)
    })
    this.#rest(thread)
    return thread
  }

  /** Ends a thread after a while, unless it has something to do by then. */
  #rest(thread: Thread<Result>): void {
    const { startTimer = idleTimer } = this.#options
    thread.stopIdle = startTimer(() => void this.#end(thread), IDLE_MS)
  }

  async #end(thread: Thread<Result>): Promise<void> {
    // First: what it was given from here on would be lost.
    this.#threads.delete(thread)
    thread.stopIdle()
    await thread.worker.terminate()
  }
}

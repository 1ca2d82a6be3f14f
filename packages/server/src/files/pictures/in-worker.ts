import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Line, type StartTimer } from './line.ts'
import type { Drawn, Picture, PictureMaker, WantedSize } from './port.ts'
import type { Job, Told } from './worker-words.ts'

/** The parts of a maker of pictures that works in a thread. */
export interface InWorkerOptions {
  /** The module of wasm-vips: a name, or a URL. */
  readonly module: string
  readonly startTimer: StartTimer
  /** Told once that the library is not there, or does not start. */
  readonly onMissing: (why: string) => void
  /** Told of a thread that has crashed, or was too slow, also to start. */
  readonly onLost: (why: string) => void
  /** The code of the thread. Default: that of wasm-vips. */
  readonly code?: URL
}

/** A picture that takes longer is given up. */
const DRAW_MS = 10_000
const START_MS = 30_000
/** Starts that may fail one after the other until no more are tried: a machine may be slow for a while. */
const MAX_STARTS = 3
/** A thread without work ends, and gives its memory back. */
const IDLE_MS = 30_000
/** A thread that has taken more memory than this is replaced: WebAssembly gives none back. */
const MAX_USED_BYTES = 192 * 1024 * 1024
/** The thread's own memory, in MiB; that of the library is not in it. */
const MAX_HEAP_MIB = 128

/**
 * Makes smaller sizes of pictures in a thread of its own, one at a time. The thread starts with the first picture. One that
 * crashes or hangs is replaced, and the picture counts as broken. Pictures whose turn does not come soon go without smaller sizes.
 */
export function createInWorker(options: InWorkerOptions): PictureMaker {
  const line = new Line(options.startTimer)
  let [isMissing, isClosed, failedStarts] = [false, false, 0]
  let thread: Thread | undefined
  let stopIdle = (): void => {}

  async function end(): Promise<void> {
    const ended = thread
    thread = undefined
    await ended?.end()
  }

  async function started(): Promise<Thread | undefined> {
    if (thread?.isLost === false) return thread
    thread = new Thread(options)
    const told = await thread.next(START_MS)
    if (told?.kind === 'ready') {
      failedStarts = 0
      return thread
    }
    await end()
    if (isClosed) return undefined
    failedStarts += 1
    isMissing = told?.kind === 'missing' || failedStarts >= MAX_STARTS
    if (told?.kind === 'missing') options.onMissing(told.why)
    else if (isMissing) options.onMissing(`it did not start ${MAX_STARTS} times`)
    else options.onLost('wasm-vips did not start in time, and a later picture tries again')
    return undefined
  }

  async function draw({ header, read }: Picture, wanted: readonly WantedSize[]): Promise<Drawn> {
    if (isMissing || isClosed) return { kind: 'unavailable' }
    const file = await read()
    stopIdle()
    const working = await started()
    if (working === undefined) return { kind: 'unavailable' }
    working.give({ file, header, wanted })
    const told = await working.next(DRAW_MS)
    if (told?.kind !== 'drawn' && told?.kind !== 'broken') {
      if (isClosed) return { kind: 'unavailable' }
      options.onLost(working.isLost ? 'the thread has crashed' : 'the picture took too long')
      // A busy machine is slow with good pictures, too.
      const kind = working.isLost ? 'broken' : 'unavailable'
      await end()
      return { kind }
    }
    if (told.usedBytes > MAX_USED_BYTES) await end()
    stopIdle = options.startTimer(() => void end(), IDLE_MS)
    return told.kind === 'broken' ? told : { kind: 'made', sizes: told.sizes, stripped: told.stripped }
  }

  return {
    async draw(picture, wanted) {
      if (isMissing || isClosed) return { kind: 'unavailable' }
      const drawn = await line.inTurn(picture.ownerId, () => draw(picture, wanted))
      return drawn ?? { kind: 'unavailable' }
    },
    async close() {
      isClosed = true
      stopIdle()
      await end()
    },
  }
}

/** A thread, and what it says. */
class Thread {
  readonly #worker: Worker
  readonly #options: InWorkerOptions
  #hear: (told: Told | undefined) => void = () => {}
  /** It has ended by itself. */
  isLost = false

  constructor(options: InWorkerOptions) {
    this.#options = options
    // The same file, as TypeScript in the repository and as JavaScript in the package.
    const code = options.code ?? new URL(`./vips-worker${extname(import.meta.url)}`, import.meta.url)
    this.#worker = new Worker(code, {
      workerData: { module: options.module },
      execArgv: [],
      name: 'pictures',
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB },
    })
    this.#worker.unref()
    this.#worker.on('message', (told: Told) => this.#hear(told))
    this.#worker.on('error', () => this.#lose())
    this.#worker.on('exit', () => this.#lose())
  }

  give(job: Job): void {
    this.#worker.postMessage(job)
  }

  /** The next words; undefined if the thread has ended, or says nothing for so long. */
  async next(withinMs: number): Promise<Told | undefined> {
    if (this.isLost) return undefined
    let stop = (): void => {}
    const told = await new Promise<Told | undefined>((resolve) => {
      this.#hear = resolve
      stop = this.#options.startTimer(() => resolve(undefined), withinMs)
    })
    stop()
    return told
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #lose(): void {
    this.isLost = true
    this.#hear(undefined)
  }
}

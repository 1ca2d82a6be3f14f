import { ConnectionError, RpcError } from '@cablegram/mtproto'
import type { Clock } from '../net/clock.ts'
import type { TracerContext } from '../options.ts'
import { orAborted } from '../or-aborted.ts'
import type { ClientSpan } from '../spans.ts'
import { type PartTrouble, troubleOf } from './part-error.ts'
import type { TransferWindow, WindowInput, WindowOutput } from './window.ts'

/** A wait during a transfer: the server asks for it, or is in trouble. */
export interface TransferWait {
  /** The type of the error, such as `FLOOD_WAIT`, `FLOOD_PREMIUM_WAIT` or `Timeout`. */
  readonly reason: string
  readonly waitS: number
}

/** The result of moving one part. */
export interface MovedPart {
  /** Undefined: there is no such part. */
  readonly bytes: number | undefined
  /** The number of parts, if this one has shown it. */
  readonly count?: number | undefined
  /** Its bytes are held until `taken` is called. */
  readonly isHeld?: boolean
}

/** Moves the parts of one file. */
export interface PartMover {
  /** Moves a part, once. @param onSent to be called when its bytes are at hand, and the call is made */
  move(part: number, signal: AbortSignal, onSent: () => void): Promise<MovedPart>
  /**
   * Mends what a part has met.
   *
   * @returns false if it cannot be mended; the error is thrown then
   */
  mend(trouble: PartTrouble, error: unknown, part: number): Promise<boolean>
}

/** Surroundings of a transfer. */
export interface TransferSetup {
  readonly window: TransferWindow
  readonly mover: PartMover
  readonly clock: Clock
  /** Begins the span of the transfer. */
  readonly startSpan?: (() => ClientSpan | undefined) | undefined
  /** Any of them ends it. */
  readonly signals: readonly (AbortSignal | undefined)[]
  readonly onProgress?: ((doneBytes: number) => void) | undefined
  readonly onWait?: ((wait: TransferWait, error: RpcError) => void) | undefined
}

/** Attempt to move a part. */
interface Attempt {
  readonly abort: AbortController
}

/** Drives one window: starts what it says, tells it what happens, and has its one timer. */
export class Transfer {
  readonly #setup: TransferSetup
  readonly #attempts = new Map<number, Attempt>()
  /** Attempts that have not ended, given up ones included. */
  readonly #running = new Set<Promise<void>>()
  #cancelWake: () => void = () => {}
  #lastError: unknown
  #ended: { readonly error: unknown } | 'finished' | undefined
  #onEnd: () => void = () => {}
  #span: ClientSpan | undefined
  #moved = { 'cablegram.bytes': 0, 'cablegram.parts': 0 }

  constructor(setup: TransferSetup) {
    this.#setup = setup
  }

  /**
   * Runs until every part has moved. When it has resolved or rejected, no attempt and no timer is left.
   *
   * @throws the reason of a signal; the error of a part that cannot be moved; ConnectionError FILE_STALLED
   */
  run(): Promise<void> {
    return this.#until(() => this.#step({ kind: 'begin' }))
  }

  /** Moves parts again that the server has lost. @throws as `run` does */
  async again(parts: readonly number[]): Promise<void> {
    this.#ended = undefined
    await this.#until(() => {
      this.#step({ kind: 'missing', parts })
      // They never arrived: nothing goes.
      if (this.#attempts.size === 0 && this.#setup.window.wakeAtMs === undefined) this.#end('finished')
    })
  }

  /** The bytes of a part are no longer in memory. */
  taken(part: number): void {
    if (this.#ended === undefined) this.#step({ kind: 'taken', part })
  }

  /** The place of the spans of its calls. */
  get context(): TracerContext | undefined {
    return this.#span?.context
  }

  async #until(begin: () => void): Promise<void> {
    this.#span = this.#setup.startSpan?.()
    this.#moved = { 'cablegram.bytes': 0, 'cablegram.parts': 0 }
    try {
      await this.#runUntil(begin)
      this.#span?.set(this.#moved)
      this.#span?.end()
    } catch (error) {
      this.#span?.set(this.#moved)
      this.#span?.fail(error)
      throw error
    }
  }

  async #runUntil(begin: () => void): Promise<void> {
    const signals = this.#setup.signals.filter((signal) => signal !== undefined)
    const onAbort = () => this.#end({ error: signals.find(({ aborted }) => aborted)?.reason })
    try {
      for (const signal of signals) signal.addEventListener('abort', onAbort, { once: true })
      await new Promise<void>((resolve) => {
        this.#onEnd = resolve
        if (signals.some(({ aborted }) => aborted)) onAbort()
        else begin()
      })
    } finally {
      for (const signal of signals) signal.removeEventListener('abort', onAbort)
    }
    await Promise.all(this.#running)
    if (typeof this.#ended === 'object') throw this.#ended.error
  }

  #step(input: WindowInput): void {
    const { window, clock } = this.#setup
    for (const output of window.step(input, clock.nowMs())) this.#do(output)
    this.#cancelWake()
    this.#cancelWake = () => {}
    const { wakeAtMs } = window
    if (wakeAtMs === undefined || this.#ended !== undefined) return
    this.#cancelWake = clock.after(wakeAtMs - clock.nowMs(), () => this.#step({ kind: 'wake' }))
  }

  #do(output: WindowOutput): void {
    if (this.#ended !== undefined) return
    switch (output.kind) {
      case 'start':
        this.#start(output.part)
        break
      case 'drop':
        this.#drop(output.part)
        break
      case 'progress':
        this.#tell(() => this.#setup.onProgress?.(output.doneBytes))
        break
      case 'wait':
        this.#tellWait(output.waitMs)
        break
      case 'finished':
        this.#end('finished')
        break
      case 'failed':
        this.#end({
          error: output.part === undefined ? stalled(output.idleMs, this.#lastError) : this.#lastError,
        })
        break
    }
  }

  #tellWait(waitMs: number): void {
    const error = this.#lastError
    if (!(error instanceof RpcError)) return
    this.#tell(() => this.#setup.onWait?.({ reason: error.type, waitS: waitMs / 1000 }, error))
  }

  /** An error of a listener of the program ends the transfer. */
  #tell(listener: () => unknown): void {
    try {
      listener()
    } catch (error) {
      this.#end({ error })
    }
  }

  #end(how: { readonly error: unknown } | 'finished'): void {
    if (this.#ended !== undefined) return
    this.#ended = how
    this.#cancelWake()
    for (const part of [...this.#attempts.keys()]) this.#drop(part)
    this.#onEnd()
  }

  #drop(part: number): void {
    const attempt = this.#attempts.get(part)
    this.#attempts.delete(part)
    attempt?.abort.abort(new ConnectionError('FILE_PART_GIVEN_UP', 'This part of the file is sent again'))
  }

  #start(part: number): void {
    const attempt = { abort: new AbortController() }
    this.#attempts.set(part, attempt)
    const running = this.#move(part, attempt).finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  async #move(part: number, attempt: Attempt): Promise<void> {
    const { mover } = this.#setup
    const { signal } = attempt.abort
    try {
      const moved = await mover.move(part, signal, () => this.#onSent(part, attempt))
      this.#ifCurrent(part, attempt, () => this.#onMoved(part, moved))
    } catch (error) {
      if (this.#attempts.get(part) !== attempt) return
      await this.#onTrouble(part, attempt, error)
    }
  }

  #onSent(part: number, attempt: Attempt): void {
    if (this.#attempts.get(part) === attempt) this.#step({ kind: 'sent', part })
  }

  #onMoved(part: number, { bytes, count, isHeld = false }: MovedPart): void {
    if (count !== undefined) this.#step({ kind: 'count', count })
    if (bytes === undefined || this.#ended !== undefined) return
    this.#moved['cablegram.bytes'] += bytes
    this.#moved['cablegram.parts'] += 1
    this.#step({ kind: 'done', part, bytes })
    if (!isHeld) this.taken(part)
  }

  async #onTrouble(part: number, attempt: Attempt, error: unknown): Promise<void> {
    const trouble = troubleOf(error)
    this.#lastError = error
    if (trouble.kind === 'flood') {
      const waitMs = trouble.waitS * 1000
      this.#ifCurrent(part, attempt, () => this.#step({ kind: 'flood', part, waitMs }))
      return
    }
    if (trouble.kind === 'again') {
      this.#ifCurrent(part, attempt, () => this.#step({ kind: 'again', part, isMended: false }))
      return
    }
    try {
      // It may ask the program, or the server, which may take any time.
      const mending = this.#setup.mover.mend(trouble, error, part)
      const isMended = await orAborted(mending, [attempt.abort.signal])
      this.#ifCurrent(part, attempt, () => {
        if (isMended) this.#step({ kind: 'again', part, isMended })
        else this.#end({ error })
      })
    } catch (cause) {
      if (this.#attempts.get(part) === attempt) this.#end({ error: cause })
    }
  }

  /** An attempt that was given up has nothing to say. */
  #ifCurrent(part: number, attempt: Attempt, act: () => void): void {
    if (this.#attempts.get(part) !== attempt) return
    // An attempt that has only ended is no longer one to be given up.
    this.#attempts.delete(part)
    act()
  }
}

function stalled(idleMs: number, cause: unknown): ConnectionError {
  const message = `Nothing of the file has moved for ${Math.round(idleMs / 1000)} s`
  return new ConnectionError('FILE_STALLED', message, cause === undefined ? undefined : { cause })
}

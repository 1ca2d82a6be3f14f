import type { Clock } from './clock.ts'

/** How often to look. */
const EVERY_MS = 5_000
/** A look that is so much too late, or too early, by the wall clock: the machine has slept, or its clock was set. */
const LATE_MS = 4_000

/** Parts of a {@link Vigil}. */
export interface VigilOptions {
  readonly clock: Clock
  /** Another text where the machine is in another network; undefined: nobody can tell. */
  readonly networkId: (() => string) | undefined
  /** Told that connections may be dead. */
  readonly onSuspect: () => void
  /** Whether there is anything to watch over: without, it stops until the next `look`. */
  readonly isNeeded: () => boolean
}

/**
 * Notices that the machine has slept, or is in another network. Timers stand still in a sleep, and TCP does not notice for
 * minutes that the other side has gone: a connection that looks open may be dead.
 */
export class Vigil {
  readonly #options: VigilOptions
  #lastMs: number | undefined
  #network: string | undefined
  #cancel: () => void = () => {}

  constructor(options: VigilOptions) {
    this.#options = options
  }

  /** Looks whether time has jumped since the last look, and begins the vigil if it has not begun. */
  look(): void {
    const { clock } = this.#options
    const nowMs = clock.nowMs()
    if (this.#lastMs === undefined) this.#network = this.#networkId()
    else if (nowMs - this.#lastMs < EVERY_MS + LATE_MS && nowMs >= this.#lastMs) return
    else this.#options.onSuspect()
    this.#wait(nowMs)
  }

  stop(): void {
    this.#cancel()
    this.#lastMs = undefined
  }

  #wait(nowMs: number): void {
    this.#cancel()
    this.#lastMs = nowMs
    this.#cancel = this.#options.clock.after(EVERY_MS, () => this.#tick(nowMs + EVERY_MS))
  }

  #tick(dueMs: number): void {
    const { clock, isNeeded, onSuspect } = this.#options
    if (!isNeeded()) {
      this.stop()
      return
    }
    const network = this.#networkId()
    const hasSlept = Math.abs(clock.nowMs() - dueMs) >= LATE_MS
    const hasMoved = network !== this.#network
    this.#network = network
    this.#wait(clock.nowMs())
    if (hasSlept || hasMoved) onSuspect()
  }

  /** A platform that cannot tell must not end calls, or the process. */
  #networkId(): string | undefined {
    try {
      return this.#options.networkId?.()
    } catch {
      return undefined
    }
  }
}

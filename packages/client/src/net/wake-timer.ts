import type { Clock } from './clock.ts'

/**
 * The one timer of a machine that wants to be woken. A timer that is set for an earlier time stays, and wakes the machine in
 * vain: to set another one at each step costs more.
 */
export class WakeTimer {
  readonly #clock: Clock
  readonly #onWake: () => void
  #atMs: number | undefined
  #cancel: () => void = () => {}

  constructor(clock: Clock, onWake: () => void) {
    this.#clock = clock
    this.#onWake = onWake
  }

  /** @param atMs when to wake at the latest; undefined: never */
  set(atMs: number | undefined): void {
    if (this.#atMs === atMs) return
    if (this.#atMs !== undefined && atMs !== undefined && this.#atMs < atMs) return
    this.#cancel()
    this.#cancel = () => {}
    this.#atMs = atMs
    if (atMs === undefined) return
    this.#cancel = this.#clock.after(atMs - this.#clock.nowMs(), () => {
      this.#atMs = undefined
      this.#onWake()
    })
  }
}

import type { Clock } from '../net/clock.ts'

/** Lets one of those who ask go on in each turn of the event loop, in the order in which they ask. */
export class OnePerTurn {
  readonly #clock: Clock
  readonly #waiting: (() => void)[] = []
  /** Undefined: nobody has gone on in this turn. */
  #cancel: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async enter(): Promise<void> {
    if (this.#cancel) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#take()
  }

  /** Everybody goes on, and no timer is left. */
  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    for (const goOn of this.#waiting.splice(0)) goOn()
  }

  #take(): void {
    this.#cancel = this.#clock.after(0, () => {
      this.#cancel = undefined
      const goOn = this.#waiting.shift()
      if (!goOn) return
      this.#take()
      goOn()
    })
  }
}

/** The clock of a simulated program: it goes wrong, and counts the timers that run. */
import type { Agenda } from '@cablegram/mtproto/testing'
import type { Clock } from '../../../packages/client/src/net/clock.ts'

/** A clock and timers on the agenda, for one life of a program. */
export class ProgramClock implements Clock {
  readonly #agenda: Agenda
  readonly #timers = new Set<object>()
  #offsetMs: number
  #isAlive = true

  /** @param offsetMs how far the clock is ahead of the server's */
  constructor(agenda: Agenda, offsetMs: number) {
    this.#agenda = agenda
    this.#offsetMs = offsetMs
  }

  get offsetMs(): number {
    return this.#offsetMs
  }

  /** Timers that have not run. */
  get running(): number {
    return this.#timers.size
  }

  nowMs(): number {
    return this.#agenda.nowMs + this.#offsetMs
  }

  /** Sets the clock, as a user or NTP does: timers go on as if nothing had happened. */
  jump(byMs: number): void {
    this.#offsetMs += byMs
  }

  /** The process has died: its timers never run. */
  die(): void {
    this.#isAlive = false
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = {}
    this.#timers.add(timer)
    this.#agenda.at(this.#agenda.nowMs + Math.max(delayMs, 0), () => {
      if (this.#timers.delete(timer) && this.#isAlive) action()
    })
    return () => void this.#timers.delete(timer)
  }
}

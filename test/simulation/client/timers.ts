/** The clock of a simulated program: it goes wrong, and counts the timers that run. */
import type { Agenda } from '@cablegram/mtproto/testing'
import type { Clock } from '../../../packages/client/src/net/clock.ts'

/** How often a timer of a machine that sleeps looks whether it still does. */
const NAP_MS = 10_000

/** A clock and timers on the agenda, for one life of a program. */
export class ProgramClock implements Clock {
  readonly #agenda: Agenda
  readonly #timers = new Set<object>()
  #offsetMs: number
  #isAlive = true
  /** How long it has slept so far, and since when it sleeps now. */
  #sleptMs = 0
  #sleepsSinceMs: number | undefined

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

  /** The machine sleeps: time goes on, and timers stand still. */
  sleep(): void {
    this.#sleepsSinceMs ??= this.#agenda.nowMs
  }

  wake(): void {
    this.#sleptMs = this.#agenda.nowMs - this.#awakeMs()
    this.#sleepsSinceMs = undefined
  }

  get isAsleep(): boolean {
    return this.#sleepsSinceMs !== undefined
  }

  /** The process has died: its timers never run. */
  die(): void {
    this.#isAlive = false
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = {}
    this.#timers.add(timer)
    this.#runAt(this.#awakeMs() + Math.max(delayMs, 0), () => {
      if (this.#timers.delete(timer) && this.#isAlive) action()
    })
    return () => void this.#timers.delete(timer)
  }

  /** The time that timers know: without that of sleep. */
  #awakeMs(): number {
    return (this.#sleepsSinceMs ?? this.#agenda.nowMs) - this.#sleptMs
  }

  #runAt(dueMs: number, act: () => void): void {
    // In a sleep, nobody knows how long it will be.
    const leftMs = Math.max(dueMs - this.#awakeMs(), this.isAsleep ? NAP_MS : 0)
    this.#agenda.at(this.#agenda.nowMs + leftMs, () => {
      if (this.#isAlive && (this.isAsleep || this.#awakeMs() < dueMs)) this.#runAt(dueMs, act)
      else act()
    })
  }
}

interface Appointment {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

/** So much does not happen in one millisecond: a timer is set anew for the past, again and again. */
const MAX_AT_ONCE = 100_000

/** Virtual time: what is to happen when, in the same order for the same inputs. */
export class Agenda {
  nowMs: number
  #appointments: Appointment[] = []
  #order = 0
  #atOnce = 0

  constructor(startMs: number) {
    this.nowMs = startMs
  }

  /** Runs `run` at `atMs`, after what has been put there before. */
  at(atMs: number, run: () => void): void {
    const appointment = { atMs: Math.max(atMs, this.nowMs), order: this.#order++, run }
    let index = this.#appointments.length
    while (index > 0 && isAfter(this.#appointments[index - 1], appointment)) index -= 1
    this.#appointments.splice(index, 0, appointment)
  }

  /** Lets time pass until nothing is left, `isDone`, or `untilMs`; it may stand still. */
  run(untilMs: number, isDone: () => boolean): void {
    while (this.#atOnce < MAX_AT_ONCE && !isDone()) {
      const next = this.#appointments[0]
      if (!next || next.atMs > untilMs) break
      this.#appointments.shift()
      this.#atOnce = next.atMs === this.nowMs ? this.#atOnce + 1 : 0
      this.nowMs = next.atMs
      next.run()
    }
  }
}

function isAfter(a: Appointment | undefined, b: Appointment): boolean {
  return a !== undefined && (a.atMs > b.atMs || (a.atMs === b.atMs && a.order > b.order))
}

interface Appointment {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

/** Virtual time: what is to happen when, in the same order for the same inputs. */
export class Agenda {
  nowMs: number
  #appointments: Appointment[] = []
  #order = 0

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

  /** Lets time pass until nothing is left, `isDone`, or `untilMs`. */
  run(untilMs: number, isDone: () => boolean): void {
    while (!isDone()) {
      const next = this.#appointments[0]
      if (!next || next.atMs > untilMs) break
      this.#appointments.shift()
      this.nowMs = next.atMs
      next.run()
    }
  }
}

function isAfter(a: Appointment | undefined, b: Appointment): boolean {
  return a !== undefined && (a.atMs > b.atMs || (a.atMs === b.atMs && a.order > b.order))
}

/** Starts a timer. @returns stops it */
export type StartTimer = (run: () => void, ms: number) => () => void

/** Pictures that wait for their turn: of all accounts, and of one, which is an album. */
const MAX_WAITING = 64
const MAX_OF_OWNER = 10
/** The sender waits for the answer meanwhile. */
const MAX_WAIT_MS = 5000

/** The line in which pictures wait for the thread. */
export class Line {
  readonly #startTimer: StartTimer
  #isTaken = false
  readonly #waiting: { readonly ownerId: bigint; readonly call: () => void }[] = []

  constructor(startTimer: StartTimer) {
    this.#startTimer = startTimer
  }

  /** Does work in its turn. @returns undefined: too many wait, or the turn does not come soon */
  async inTurn<T>(ownerId: bigint, work: () => Promise<T>): Promise<T | undefined> {
    if (this.#isTaken && !(await this.#comesUp(ownerId))) return undefined
    this.#isTaken = true
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#isTaken = false
      else next.call()
    }
  }

  async #comesUp(ownerId: bigint): Promise<boolean> {
    const own = this.#waiting.filter((each) => each.ownerId === ownerId).length
    if (this.#waiting.length >= MAX_WAITING || own >= MAX_OF_OWNER) return false
    let stop = (): void => {}
    const isUp = await new Promise<boolean>((resolve) => {
      const place = { ownerId, call: () => resolve(true) }
      this.#waiting.push(place)
      stop = this.#startTimer(() => resolve(!this.#leave(place)), MAX_WAIT_MS)
    })
    stop()
    return isUp
  }

  /** @returns false if the turn has come already */
  #leave(place: { readonly ownerId: bigint; readonly call: () => void }): boolean {
    const at = this.#waiting.indexOf(place)
    if (at >= 0) this.#waiting.splice(at, 1)
    return at >= 0
  }
}

import { FairQueue } from '../../ground/fair-queue.ts'

/** Starts a timer. @returns stops it */
export type StartTimer = (run: () => void, ms: number) => () => void

/** Pictures that wait for their turn: of all accounts, and of one, which is an album. */
const MAX_WAITING = 64
const MAX_OF_OWNER = 10
/** The sender waits for the answer meanwhile. */
const MAX_WAIT_MS = 5000

/** Told whether the turn has come; if not, the picture no longer waits. */
type Place = (isUp: boolean) => void

/**
 * The line in which pictures wait for the thread. Accounts take turns, so that the album of one takes no turn of others; and once
 * the line is full, whoever has most in it makes room.
 */
export class Line {
  readonly #startTimer: StartTimer
  readonly #waiting = new FairQueue<bigint, Place[]>()
  #isTaken = false
  #count = 0

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
      this.#callNext()
    }
  }

  #callNext(): void {
    const next = this.#waiting.take((places) => places.shift())
    if (next === undefined) {
      this.#isTaken = false
      return
    }
    this.#count -= 1
    next(true)
  }

  async #comesUp(ownerId: bigint): Promise<boolean> {
    const own = this.#waiting.lane(ownerId, () => [])
    if (own.length >= MAX_OF_OWNER) return false
    if (this.#count >= MAX_WAITING && !this.#makeRoom(own.length)) return false
    let stop = (): void => {}
    const isUp = await new Promise<boolean>((resolve) => {
      own.push(resolve)
      this.#count += 1
      stop = this.#startTimer(() => this.#leave(own, resolve), MAX_WAIT_MS)
    })
    stop()
    return isUp
  }

  /** Sends the last picture away of the account that has most. @returns false if none has more than the newcomer will have */
  #makeRoom(ownCount: number): boolean {
    const [longest = []] = [...this.#waiting.lanes].sort((one, other) => other.length - one.length)
    const last = longest.length > ownCount + 1 ? longest.at(-1) : undefined
    if (last !== undefined) this.#leave(longest, last)
    return last !== undefined
  }

  /** Ends a wait, unless the turn has come already. */
  #leave(places: Place[], place: Place): void {
    const at = places.indexOf(place)
    if (at < 0) return
    places.splice(at, 1)
    this.#count -= 1
    place(false)
  }
}

import type { Bus } from '../../bus/bus.ts'
import { machineTimer } from '../../ground/clock.ts'
import type { Ground } from '../../ground/ground.ts'

/** People of this node who wait for a bot at once. Beyond that a press is refused. */
const MAX_WAITING = 10_000
/** Presses of one person that wait at once. */
const MAX_OF_ONE = 20

/** The ground of rules that wait for bots. */
export type OnPresses = Ground & { readonly pressWaits: PressWaits }

/** Somebody who waits for the answer to a press. */
export interface PressWait {
  /** Resolves when the store may have the answer: true once the time is over. Each call is for the next news. */
  news(): Promise<boolean>
  end(): void
}

/** Calls of this node that wait for the answers of bots. Nudges tell of those; each is read from the store. */
export class PressWaits {
  readonly #startTimer: NonNullable<Ground['startTimer']>
  readonly #clock: Ground['clock']
  readonly #waits = new Map<bigint, { readonly userId: bigint; readonly wake: () => void }>()
  readonly #ofOne = new Map<bigint, number>()
  #isClosed = false

  constructor({
    bus,
    clock,
    startTimer = machineTimer,
  }: Pick<Ground, 'clock' | 'startTimer'> & { bus: Bus }) {
    this.#clock = clock
    this.#startTimer = startTimer
    bus.subscribe((nudge) => {
      // Nudges may have been lost.
      if (nudge.kind === 'anything') this.wakeAll()
      if (nudge.kind === 'botAnswer') this.#waits.get(BigInt(nudge.queryId))?.wake()
    })
  }

  /** The number of those who wait. */
  get size(): number {
    return this.#waits.size
  }

  /** Has everybody look again: the clock was moved, or the answer may be there. */
  wakeAll(): void {
    for (const { wake } of this.#waits.values()) wake()
  }

  /** Nobody waits any more, and nobody begins to: the node closes. */
  close(): void {
    this.#isClosed = true
    this.wakeAll()
  }

  /** Begins to wait. It must be ended, whatever happens. Undefined if too many wait already, or the node closes. */
  begin(queryId: bigint, userId: bigint, ms: number): PressWait | undefined {
    const own = this.#ofOne.get(userId) ?? 0
    if (this.#isClosed || this.#waits.size >= MAX_WAITING || own >= MAX_OF_ONE) return undefined
    this.#ofOne.set(userId, own + 1)
    const untilMs = this.#clock.nowMs() + ms
    const news = new News()
    let isOver = false
    const cancel = this.#startTimer(() => {
      isOver = true
      news.tell()
    }, ms)
    this.#waits.set(queryId, { userId, wake: () => news.tell() })
    return {
      news: async () => {
        await news.next()
        return isOver || this.#isClosed || this.#clock.nowMs() >= untilMs
      },
      end: () => {
        cancel()
        this.#end(queryId)
      },
    }
  }

  #end(queryId: bigint): void {
    const wait = this.#waits.get(queryId)
    if (wait === undefined) return
    this.#waits.delete(queryId)
    const left = (this.#ofOne.get(wait.userId) ?? 1) - 1
    if (left > 0) this.#ofOne.set(wait.userId, left)
    else this.#ofOne.delete(wait.userId)
  }
}

/** News that one listener waits for. News that come before it listens are kept as one. */
class News {
  #isNew = false
  #listener: (() => void) | undefined

  tell(): void {
    this.#isNew = true
    this.#listener?.()
  }

  async next(): Promise<void> {
    if (!this.#isNew) {
      await new Promise<void>((resolve) => {
        this.#listener = resolve
      })
    }
    this.#isNew = false
    this.#listener = undefined
  }
}

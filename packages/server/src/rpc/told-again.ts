import type { Nudge } from '../bus/nudge.ts'
import { StoreError } from '../database/errors.ts'
import type { StartTimer } from '../ground/clock.ts'

const AGAIN_AFTER_MS = 1000
/** Above this many, one look at everything replaces them. */
const MAX_WAITING = 1000

/** Parts of {@link ToldAgain}. */
export interface ToldAgainParts {
  /** Tells the sessions of this node of the news. */
  readonly tell: (nudge: Nudge) => Promise<void>
  readonly onTrouble: (error: unknown) => void
  readonly startTimer: StartTimer
}

/** Tells of news, and again a second later if the store was away: no later news need ever come. */
export class ToldAgain {
  readonly #parts: ToldAgainParts
  readonly #waiting = new Map<string, Nudge>()
  #cancel: (() => void) | undefined
  #isClosed = false

  constructor(parts: ToldAgainParts) {
    this.#parts = parts
  }

  /** Tells the sessions of this node. Never rejects. */
  async tell(nudge: Nudge): Promise<void> {
    try {
      await this.#parts.tell(nudge)
    } catch (error) {
      this.#parts.onTrouble(error)
      if (error instanceof StoreError) this.#keep(nudge)
    }
  }

  /** Drops what waits; nothing waits after that. */
  close(): void {
    this.#isClosed = true
    this.#waiting.clear()
    this.#cancel?.()
  }

  #keep(nudge: Nudge): void {
    if (this.#isClosed) return
    if (this.#waiting.size >= MAX_WAITING) {
      this.#waiting.clear()
      this.#waiting.set('anything', { kind: 'anything' })
    } else this.#waiting.set(JSON.stringify(nudge), nudge)
    this.#cancel ??= this.#parts.startTimer(() => void this.#tellAll(), AGAIN_AFTER_MS)
  }

  async #tellAll(): Promise<void> {
    this.#cancel = undefined
    const nudges = [...this.#waiting.values()]
    this.#waiting.clear()
    await Promise.all(nudges.map((nudge) => this.tell(nudge)))
  }
}

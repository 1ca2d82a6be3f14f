import type { UpdateEvent } from './words.ts'

/** An event with its number; without an event it only moves the counter. */
export interface Numbered {
  readonly pts: number
  readonly count: number
  readonly event: UpdateEvent | undefined
}

/** `next`: it follows. `old`: it was there before. `ahead`: others are missing. `overlap`: it has old events and new ones. */
export type Standing = 'next' | 'old' | 'ahead' | 'overlap'

/** Tells how an event stands to a counter. */
export function standingOf(at: number, { pts, count }: Pick<Numbered, 'pts' | 'count'>): Standing {
  if (count === 0) return pts <= at ? 'next' : 'ahead'
  const before = pts - count
  if (pts <= at) return 'old'
  if (before === at) return 'next'
  return before > at ? 'ahead' : 'overlap'
}

/** A counter, and the events that are ahead of it: those wait, in their order, until the missing ones are there. */
export class Sequence {
  /** The number of the last event; undefined: not known. */
  at: number | undefined
  readonly #maxHeld: number
  #held: Numbered[] = []

  constructor(at: number | undefined, maxHeld: number) {
    this.at = at
    this.#maxHeld = maxHeld
  }

  get hasHeld(): boolean {
    return this.#held.length > 0
  }

  /** The number that stands before the first event that waits. */
  get firstHeldBefore(): number | undefined {
    const [first] = this.#held
    return first && first.pts - first.count
  }

  /** Keeps an event for later. @returns false if there are too many: none is kept then */
  hold(item: Numbered): boolean {
    if (this.#held.length >= this.#maxHeld) {
      this.#held = []
      return false
    }
    const before = item.pts - item.count
    let place = this.#held.length
    while (place > 0 && isAfter(this.#held[place - 1], before, item.pts)) place -= 1
    this.#held.splice(place, 0, item)
    return true
  }

  /** The next event that waits no longer; undefined if there is none. */
  take(): { readonly item: Numbered; readonly standing: Exclude<Standing, 'ahead'> } | undefined {
    const [item] = this.#held
    if (item === undefined || this.at === undefined) return undefined
    const standing = standingOf(this.at, item)
    if (standing === 'ahead') return undefined
    this.#held.shift()
    return { item, standing }
  }

  /** Gives up what is missing before the events that wait. */
  skipGap(): void {
    this.at = this.firstHeldBefore ?? this.at
  }
}

/** Whether what is held comes after an event with these numbers. */
function isAfter(held: Numbered | undefined, before: number, pts: number): boolean {
  if (held === undefined) return false
  const heldBefore = held.pts - held.count
  return heldBefore === before ? held.pts > pts : heldBefore > before
}

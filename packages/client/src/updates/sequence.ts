import type { UpdateEvent } from './words.ts'

/** Answers of own calls that are remembered until the counter has reached them; beyond, the oldest are forgotten. */
const MAX_OWN = 1_000

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
  /** The counter's place after messages of own calls that were not told yet: a difference may tell them first. */
  readonly #own = new Map<string, number>()

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

  /** Remembers that an event answers a call of this client, though it cannot be told now. */
  rememberOwn({ pts, event }: Numbered): void {
    const name = event?.isOwn === true ? nameOf(event) : undefined
    if (name === undefined) return
    this.#own.set(name, pts)
    const [oldest] = this.#own.keys()
    if (this.#own.size > MAX_OWN && oldest !== undefined) this.#own.delete(oldest)
  }

  /** The event, marked as this client's own if it is one of those remembered. */
  owned(event: UpdateEvent): UpdateEvent {
    if (event.isOwn || this.#own.size === 0) return event
    const name = nameOf(event)
    return name !== undefined && this.#own.has(name) ? { ...event, isOwn: true } : event
  }

  /** Forgets own events that the counter has reached: they were told. */
  forgetOwn(): void {
    for (const [name, pts] of this.#own) {
      if (this.at !== undefined && pts <= this.at) this.#own.delete(name)
    }
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

/** The same for a message in an answer, in a push and in a difference. */
function nameOf({ update }: UpdateEvent): string | undefined {
  switch (update._) {
    case 'updateNewMessage':
    case 'updateEditMessage':
    case 'updateNewChannelMessage':
    case 'updateEditChannelMessage':
      return `${update._} ${update.message.id}`
    default:
      return undefined
  }
}

import type { EventKind, EventPlace } from '../console/index.ts'

const MAX_GIVEN = 10_000
/** Kinds whose events are numbered apart from the others. */
const SIDE: ReadonlySet<EventKind> = new Set(['reaction', 'poll'])

/** The events that a person's calls have been given: each is given once. */
export class GivenEvents {
  readonly #given = new Set<string>()
  readonly #after = new Map<EventKind, EventPlace>()
  readonly #beginning: EventPlace

  /** @param beginning events up to there were there before */
  constructor(beginning: EventPlace) {
    this.#beginning = beginning
  }

  /** All events of this kind up to there were given. */
  after(kind: EventKind): EventPlace {
    return this.#after.get(kind) ?? this.#beginning
  }

  /**
   * Takes an event. Beyond ten thousand, the oldest ones are forgotten.
   *
   * @param isNext it is the first of its kind that was not given
   * @returns false if it was given before
   */
  take(kind: EventKind, place: EventPlace, isNext: boolean): boolean {
    const key = SIDE.has(kind) ? `${kind} ${place.sideSeq}` : `${kind} ${place.pts}`
    if (this.#given.has(key)) return false
    const [oldest] = this.#given
    if (this.#given.size >= MAX_GIVEN && oldest !== undefined) this.#given.delete(oldest)
    this.#given.add(key)
    if (isNext) this.#after.set(kind, place)
    return true
  }
}

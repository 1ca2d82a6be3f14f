const MAX_GIVEN = 10_000

/** The messages that a person's calls have been given: each is given once. */
export class GivenMessages {
  readonly #given = new Set<number>()
  #afterId: number

  /** @param afterId messages up to this one were there before */
  constructor(afterId: number) {
    this.#afterId = afterId
  }

  /** All messages up to this one were given, or are none of the person's. */
  get afterId(): number {
    return this.#afterId
  }

  /**
   * Takes a message.
   *
   * @param isNext there is no other between `afterId` and this one, but for those that were given
   * @returns false if it was given before
   */
  take(id: number, isNext: boolean): boolean {
    if (id <= this.#afterId || this.#given.has(id)) return false
    this.#given.add(id)
    if (isNext) this.#moveTo(id)
    else if (this.#given.size > MAX_GIVEN) this.#moveTo(Math.min(...this.#given))
    return true
  }

  #moveTo(id: number): void {
    this.#afterId = id
    for (const each of this.#given) if (each <= id) this.#given.delete(each)
  }
}

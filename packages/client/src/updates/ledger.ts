import type { Space } from './words.ts'

interface Told {
  readonly space: Space
  readonly dateS: number
}

/**
 * The updates that were told and are not confirmed. A cursor may only be saved up to the first of them: after a restart the
 * rest is asked for again.
 */
export class Ledger {
  #lastToken = 0
  readonly #told = new Map<number, Told>()
  /** By counter: the number before each told update, in the order of telling. */
  readonly #before = new Map<Space, Map<number, number>>()

  /** Updates that are not confirmed. */
  get size(): number {
    return this.#told.size
  }

  /** @param before the number up to which everything is known without this update */
  tell(space: Space, before: number, dateS: number): number {
    this.#lastToken += 1
    this.#told.set(this.#lastToken, { space, dateS })
    const counter = this.#before.get(space) ?? new Map<number, number>()
    counter.set(this.#lastToken, before)
    this.#before.set(space, counter)
    return this.#lastToken
  }

  /** @returns the counter whose cursor may move; undefined for a token that is not known */
  confirm(token: number): Space | undefined {
    const told = this.#told.get(token)
    if (told === undefined) return undefined
    this.#told.delete(token)
    const counter = this.#before.get(told.space)
    counter?.delete(token)
    if (counter?.size === 0) this.#before.delete(told.space)
    return told.space
  }

  /** The number up to which a counter may be saved. */
  savedOf(space: Space, at: number): number {
    const first = this.#before.get(space)?.values().next().value
    return first === undefined ? at : Math.min(first, at)
  }

  /** The date up to which everything may be saved. */
  savedDateS(dateS: number): number {
    const first = this.#told.values().next().value
    return first === undefined ? dateS : Math.min(first.dateS, dateS)
  }
}

import type { MsgId } from '../machine.ts'

/** What is known of a message id that has come in. */
export type Receipt = 'new' | 'known' | 'tooOld'

/**
 * The ids a session has received, against replays: at least the last `limit`. Once some are forgotten, whatever is
 * lower than all that are kept counts as forgotten too.
 *
 * @see protocol.md section 5, "Replay"
 */
export class ReceivedIds {
  readonly #limit: number
  /** Ascending: ids come almost in order, so a new one nearly always goes to the end. */
  #ids: MsgId[] = []
  #hasForgotten = false

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether an id has been received before. */
  check(id: MsgId): Receipt {
    const at = this.#position(id)
    if (this.#ids[at] === id) return 'known'
    return at === 0 && this.#hasForgotten ? 'tooOld' : 'new'
  }

  /** Remembers an id that `check` has called new. */
  add(id: MsgId): void {
    const at = this.#position(id)
    if (at === this.#ids.length) this.#ids.push(id)
    else this.#ids.splice(at, 0, id)
    if (this.#ids.length < this.#limit * 2) return
    this.#ids = this.#ids.slice(this.#limit)
    this.#hasForgotten = true
  }

  /**
   * The low three bits of a message's state, as msgs_state_info has them: 1 forgotten, 2 and 3 not received (3: higher
   * than any), 4 received.
   */
  state(id: MsgId): 1 | 2 | 3 | 4 {
    const receipt = this.check(id)
    if (receipt === 'known') return 4
    if (receipt === 'tooOld') return 1
    return this.#position(id) === this.#ids.length ? 3 : 2
  }

  /** The lowest id that is kept. */
  get lowest(): MsgId | undefined {
    return this.#ids[0]
  }

  /** Where `id` is, or belongs. */
  #position(id: MsgId): number {
    const last = this.#ids.at(-1)
    if (last === undefined || id > last) return this.#ids.length
    let low = 0
    let high = this.#ids.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#ids[middle] ?? 0n) < id) low = middle + 1
      else high = middle
    }
    return low
  }
}

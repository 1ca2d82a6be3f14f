import { isLater } from '../envelope/index.ts'
import type { MsgId } from '../machine.ts'

/** The state of a received message id. */
export type Receipt = 'new' | 'known' | 'tooOld'

/** Bits that msgs_state_info adds to "received" (4). */
export const STATE = {
  /** An acknowledgement, or the answer, has been sent. */
  acked: 8,
  needsNoAck: 16,
  /** A query that is being processed, or was. */
  processed: 32,
  /** Its answer exists, or did. */
  answered: 64,
  /** The sender knows that it has arrived: it has acknowledged the answer. */
  senderKnows: 128,
} as const

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
  /** The flags of each, bits of {@link STATE}. */
  #flags: number[] = []
  #hasForgotten = false
  /** Ids up to this one may have been received before this record began. */
  readonly #floor: MsgId | undefined

  constructor(limit: number, floor?: MsgId) {
    this.#limit = limit
    this.#floor = floor
  }

  /** Tells whether an id was received before. */
  check(id: MsgId): Receipt {
    const at = this.#position(id)
    if (this.#ids[at] === id) return 'known'
    return this.#isForgotten(id, at) ? 'tooOld' : 'new'
  }

  /** Remembers an id that `check` has called new. */
  add(id: MsgId, flags = 0): void {
    const at = this.#position(id)
    if (at === this.#ids.length) {
      this.#ids.push(id)
      this.#flags.push(flags)
    } else {
      this.#ids.splice(at, 0, id)
      this.#flags.splice(at, 0, flags)
    }
    if (this.#ids.length < this.#limit * 2) return
    this.#ids = this.#ids.slice(this.#limit)
    this.#flags = this.#flags.slice(this.#limit)
    this.#hasForgotten = true
  }

  /** An id counts as never received. */
  forget(id: MsgId): void {
    const at = this.#position(id)
    if (this.#ids[at] !== id) return
    this.#ids.splice(at, 1)
    this.#flags.splice(at, 1)
  }

  /** Adds to the flags of an id that has been received; one that is forgotten has none. */
  mark(id: MsgId, flags: number): void {
    const at = this.#position(id)
    if (this.#ids[at] === id) this.#flags[at] = (this.#flags[at] ?? 0) | flags
  }

  /**
   * The state of a message, as msgs_state_info has it: 1 forgotten, 2 and 3 not received (3: higher than any), or 4
   * received and its flags.
   *
   * @see protocol.md section 6, "State byte"
   */
  state(id: MsgId): number {
    const at = this.#position(id)
    if (this.#ids[at] === id) return 4 | (this.#flags[at] ?? 0)
    if (this.#isForgotten(id, at)) return 1
    return at === this.#ids.length ? 3 : 2
  }

  /** The lowest id that is kept. */
  get lowest(): MsgId | undefined {
    return this.#ids[0]
  }

  /** Tells whether an id that is not kept may have been received. */
  #isForgotten(id: MsgId, at: number): boolean {
    if (at === 0 && this.#hasForgotten) return true
    return this.#floor !== undefined && !isLater(id, this.#floor)
  }

  /** The position of `id`, or the one to insert it at. */
  #position(id: MsgId): number {
    const last = this.#ids.at(-1)
    if (last === undefined || isLater(id, last)) return this.#ids.length
    let low = 0
    let high = this.#ids.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (isLater(id, this.#ids[middle] ?? id)) low = middle + 1
      else high = middle
    }
    return low
  }
}

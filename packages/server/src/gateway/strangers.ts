import { networkOf } from '../rules/index.ts'

/** Limits on open connections that have not shown a key. */
export interface StrangerLimits {
  /** From one address, or one /64 of IPv6. Undefined: as many as the port takes. */
  readonly maxPerAddress: number | undefined
  /** True if the limit holds for clients on this machine, too. */
  readonly limitsLoopback: boolean
  readonly nowMs: () => number
}

/** A connection that has not shown a key. */
export interface Stranger {
  /** Its client has shown a key, or it is closed: it does not count any longer. */
  leave(): void
}

interface Entry extends Stranger {
  readonly enteredAtMs: number
  readonly close: () => void
}

/** A client that has just connected is about to show its key, and does not make room for the next one. */
const GRACE_MS = 2_000
const LOOPBACK = /^(127\.|::1$)/

/**
 * The connections of a server that have not shown a key, the oldest first. Anybody can open a connection, so one address
 * may hold only so many of them: one more, and its oldest is closed. Where a port is full, the oldest of all makes room.
 */
export class Strangers {
  readonly #limits: StrangerLimits
  readonly #all = new Set<Entry>()
  readonly #byNetwork = new Map<string, Set<Entry>>()

  constructor(limits: StrangerLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#all.size
  }

  /**
   * Counts a connection.
   * @param close closes it, to make room
   */
  enter(ip: string, close: () => void): Stranger {
    const network = networkOf(ip)
    const siblings = this.#byNetwork.get(network) ?? new Set()
    const entry: Entry = {
      enteredAtMs: this.#limits.nowMs(),
      close,
      leave: () => {
        this.#all.delete(entry)
        siblings.delete(entry)
        if (siblings.size === 0) this.#byNetwork.delete(network)
      },
    }
    const { maxPerAddress = Number.POSITIVE_INFINITY, limitsLoopback } = this.#limits
    if (siblings.size >= maxPerAddress && (limitsLoopback || !LOOPBACK.test(ip))) closeOldest(siblings)
    this.#byNetwork.set(network, siblings)
    siblings.add(entry)
    this.#all.add(entry)
    return entry
  }

  /** Closes the oldest of all, to make room on a full port. Returns false if nobody had time enough to show a key. */
  makeRoom(): boolean {
    const [oldest] = this.#all
    if (oldest === undefined || this.#limits.nowMs() - oldest.enteredAtMs < GRACE_MS) return false
    closeOldest(this.#all)
    return true
  }
}

function closeOldest(entries: ReadonlySet<Entry>): void {
  const [oldest] = entries
  oldest?.leave()
  oldest?.close()
}

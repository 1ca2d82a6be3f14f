import type { StartTimer } from '../ground/clock.ts'

/** Clients come back to a lost connection within this time. */
const GRACE_MS = 8_000
/** The other nodes have this time to say that an account is there. */
const ASK_MS = 2_000

/** Options of a presence. */
export interface PresenceOptions {
  /** Told of an account that is about to be gone: it may be at another node. */
  readonly onLeaving: (userId: bigint) => void
  /** Told of an account whose last connection here closed this long ago: nobody is there, or at another node. */
  readonly onGone: (userId: bigint, forMs: number) => void
  /** Tells whether a connection has not closed yet. */
  readonly isOpen: (connection: number) => boolean
  readonly startTimer: StartTimer
}

/** Knows which accounts have a connection to this node. */
export class Presence {
  readonly #options: PresenceOptions
  readonly #users = new Map<number, bigint>()
  readonly #counts = new Map<bigint, number>()
  /** Take back the wait for each account whose last connection has closed. */
  readonly #waits = new Map<bigint, () => void>()

  constructor(options: PresenceOptions) {
    this.#options = options
  }

  /** Notes that somebody has called something over a connection. Calls of one that has closed may still be under way. */
  note(connection: number, userId: bigint): void {
    if (!this.#options.isOpen(connection)) return
    const before = this.#users.get(connection)
    if (before === userId) return
    if (before !== undefined) this.closed(connection)
    this.#users.set(connection, userId)
    this.#counts.set(userId, (this.#counts.get(userId) ?? 0) + 1)
    this.#stopWait(userId)
  }

  /** Tells whether an account has a connection here. */
  isHere(userId: bigint): boolean {
    return this.#counts.has(userId)
  }

  /** The accounts with a connection here. */
  get userIds(): bigint[] {
    return [...this.#counts.keys()]
  }

  /** Notes that a connection has closed. */
  closed(connection: number): void {
    const userId = this.#users.get(connection)
    if (userId === undefined) return
    this.#users.delete(connection)
    const left = (this.#counts.get(userId) ?? 1) - 1
    if (left > 0) return void this.#counts.set(userId, left)
    this.#counts.delete(userId)
    this.#wait(userId, GRACE_MS - ASK_MS, () => {
      this.#wait(userId, ASK_MS, () => this.#options.onGone(userId, GRACE_MS))
      this.#options.onLeaving(userId)
    })
  }

  #wait(userId: bigint, ms: number, run: () => void): void {
    const take = this.#options.startTimer(() => {
      this.#waits.delete(userId)
      run()
    }, ms)
    this.#waits.set(userId, take)
  }

  /** Tells of nobody any more. */
  close(): void {
    for (const userId of [...this.#waits.keys()]) this.#stopWait(userId)
    this.#users.clear()
    this.#counts.clear()
  }

  #stopWait(userId: bigint): void {
    this.#waits.get(userId)?.()
    this.#waits.delete(userId)
  }
}

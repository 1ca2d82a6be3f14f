import { isLater, MAX_AGE_S, MAX_AHEAD_S, msgIdTimeS } from '../envelope/index.ts'
import type { MsgId, SessionRef } from '../machine.ts'
import type { ServerLimits } from '../options.ts'

/** No salt is good for longer, so that older packets need not be remembered. */
const SALT_LIFE_MS = 7_200_000
/** Versions of a key's own salts, within one of the node's. */
const KEY_VERSIONS = 2 ** 20

/** One key's part in it. */
interface KeyRecord {
  /** The highest message id of each forgotten session. */
  readonly floors: Map<bigint, MsgId>
  saltVersion: number
  untilMs: number
}

/**
 * Keeps recorded packets from running again after the session that took them is forgotten. It remembers the highest
 * message id of each such session for as long as packets with lower ids would be accepted. Where it cannot remember
 * exactly, it changes salts: recorded packets carry the old ones, and a live client repeats with the new one.
 *
 * @see docs/adr/0024-replays.md
 */
export class ReplayGuard {
  readonly #limits: ServerLimits
  /** The longest unchanged first. */
  readonly #keys = new Map<bigint, KeyRecord>()
  #floors = 0
  #nodeVersion = 0
  /** Salts of key exchanges from before this time are refused: what was sent under them is not known. */
  #sinceS = Number.POSITIVE_INFINITY

  constructor(limits: ServerLimits) {
    this.#limits = limits
  }

  /** The number of keys and sessions that are remembered. */
  get size(): number {
    return this.#keys.size + this.#floors
  }

  /** When to call `expire`. */
  get nextExpiryMs(): number | undefined {
    const [oldest] = this.#keys.values()
    return oldest?.untilMs
  }

  /** The node has started: what it took before is not known. */
  start(rulesNowS: number): void {
    if (this.#sinceS === Number.POSITIVE_INFINITY) this.#sinceS = rulesNowS
  }

  /** The salts of a key are derived from this number; another one makes all that are known void. */
  saltVersion(authKeyId: bigint): number {
    const own = this.#keys.size === 0 ? 0 : (this.#keys.get(authKeyId)?.saltVersion ?? 0)
    return this.#nodeVersion * KEY_VERSIONS + own
  }

  /** Tells whether this key's own salts were renewed. */
  hasOwnSalts(authKeyId: bigint): boolean {
    return this.#keys.size > 0 && (this.#keys.get(authKeyId)?.saltVersion ?? 0) > 0
  }

  /** The version of the salts of a key that is made now. */
  get nodeVersion(): number {
    return this.#nodeVersion
  }

  /** Tells whether a key was made since all salts were last renewed. Times are the rules' clock. */
  isMadeBetween(createdAtS: number, rulesNowS: number): boolean {
    return createdAtS > this.#sinceS && createdAtS <= rulesNowS
  }

  /** The highest message id that a forgotten session took; lower ones may have been taken, too. */
  floorOf({ authKeyId, sessionId }: SessionRef): MsgId | undefined {
    return this.#keys.get(authKeyId)?.floors.get(sessionId)
  }

  /** A session is forgotten; it has taken messages up to this id. */
  onForgotten({ authKeyId, sessionId }: SessionRef, highest: MsgId, nowMs: number, rulesNowS: number): void {
    const untilMs = (msgIdTimeS(highest, nowMs / 1000) + MAX_AGE_S + MAX_AHEAD_S) * 1000
    if (untilMs <= nowMs) return
    this.expire(nowMs)
    const record = this.#record(authKeyId, untilMs)
    const known = record.floors.get(sessionId)
    if (known === undefined) this.#floors += 1
    if (known === undefined || isLater(highest, known)) record.floors.set(sessionId, highest)
    if (record.floors.size > this.#limits.maxKeySessions) this.renewSalts(authKeyId, nowMs)
    if (this.size > this.#limits.maxForgotten) this.renewAllSalts(rulesNowS)
  }

  /** The salts of a key become void, and with them all packets sent so far. */
  renewSalts(authKeyId: bigint, nowMs: number): void {
    const record = this.#record(authKeyId, nowMs + SALT_LIFE_MS)
    record.saltVersion += 1
    this.#floors -= record.floors.size
    record.floors.clear()
  }

  /**
   * The salts of all keys become void.
   *
   * @param latestS the latest time there has been, by the rules' clock
   */
  renewAllSalts(latestS: number): void {
    this.#nodeVersion += 1
    this.#sinceS = latestS
    this.#keys.clear()
    this.#floors = 0
  }

  /** Forgets records that are no longer needed. */
  expire(nowMs: number): void {
    for (const [authKeyId, { untilMs, floors }] of this.#keys) {
      if (untilMs > nowMs) return
      this.#keys.delete(authKeyId)
      this.#floors -= floors.size
    }
  }

  #record(authKeyId: bigint, untilMs: number): KeyRecord {
    const known = this.#keys.get(authKeyId)
    const record = known ?? { floors: new Map(), saltVersion: 0, untilMs }
    record.untilMs = Math.max(record.untilMs, untilMs)
    // The last record to change expires last, or nearly so: no record is kept for much too long.
    this.#keys.delete(authKeyId)
    this.#keys.set(authKeyId, record)
    return record
  }
}

import type { Clock } from '../net/clock.ts'
import type { AccountState } from '../storage/account-state.ts'
import { isSameRecord, mergeRecords, type PeerRecord } from './record.ts'
import { recordsIn } from './seen.ts'
import { PeerStore } from './store.ts'

/** Peers at hand, without a look into the state. */
const MAX_AT_HAND = 4096
/** Peers that wait to be written; more than these are not kept. */
const MAX_WAITING = 10_000
/** Peers in one write. */
const WRITE_PEERS = 500
/** A name that was not seen for so long may be somebody else's: the state, and then the server, are asked. */
const NAME_VALID_S = 24 * 60 * 60
/** A peer that did not change is written again after this time, so that its name stays valid in the state. */
const RENEW_S = 12 * 60 * 60
/** News is written so much later, together with what has come until then. */
const WRITE_AFTER_MS = 1000

/** A peer at hand, and when it was seen and written last. */
interface AtHand {
  record: PeerRecord
  seenAtS: number
  writtenAtS: number
}

/** Parts of a book of peers. */
export interface PeerBookOptions {
  readonly state: AccountState
  readonly clock: Clock
  readonly userId: () => bigint | undefined
  /** The session is open: until then nothing is written. */
  readonly isOpen: () => boolean
  /** Told of writes that fail; their peers are forgotten. */
  readonly onError: (error: unknown) => void
  /** Peers that the state keeps. */
  readonly maxPeers?: number | undefined
}

/**
 * The users and chats that a client has seen, with what calls need to name them. The newest are at hand; the state has
 * some more, and has them after a restart.
 */
export class PeerBook {
  readonly #parts: PeerBookOptions
  readonly #store: PeerStore
  /** The least recently seen first. */
  readonly #atHand = new Map<bigint, AtHand>()
  readonly #byName = new Map<string, bigint>()
  readonly #waiting = new Map<bigint, PeerRecord>()
  /** Whose peers these are. */
  #userId: bigint | undefined
  #cancelTimer: (() => void) | undefined
  #writing: Promise<void> | undefined
  #isClosed = false

  constructor(parts: PeerBookOptions) {
    this.#parts = parts
    this.#store = new PeerStore(parts.state, () => this.#nowS(), parts.maxPeers)
  }

  /** Remembers the users and chats that an answer or an update names. */
  remember(value: unknown): void {
    if (this.#isClosed) return
    const records = recordsIn(value)
    if (records.length === 0) return
    this.#forgetOthers()
    for (const record of records) this.#note(record)
    if (this.#waiting.size > 0)
      this.#cancelTimer ??= this.#parts.clock.after(WRITE_AFTER_MS, () => void this.#write())
  }

  /** The account that is signed in. */
  get selfId(): bigint | undefined {
    return this.#parts.userId()
  }

  /** The number of peers that are at hand. */
  get size(): number {
    return this.#atHand.size
  }

  /** A peer that is at hand. */
  recent(id: bigint): PeerRecord | undefined {
    this.#forgetOthers()
    return this.#atHand.get(id)?.record
  }

  /** A peer by its id, as `idOfPeer` makes it. */
  async byId(id: bigint): Promise<PeerRecord | undefined> {
    return this.recent(id) ?? this.#keep(await this.#store.byId(id))
  }

  /** The peer with a username, if it was seen within a day. */
  async byName(name: string): Promise<PeerRecord | undefined> {
    this.#forgetOthers()
    const lower = name.toLowerCase()
    const recent = this.#atHand.get(this.#byName.get(lower) ?? 0n)
    const isValid = recent !== undefined && this.#nowS() - recent.seenAtS <= NAME_VALID_S
    return isValid ? recent.record : this.#keep(await this.#store.byName(lower))
  }

  /** The user with a phone number, if it was seen within a day. */
  async byPhone(digits: string): Promise<PeerRecord | undefined> {
    return this.#keep(await this.#store.byPhone(digits))
  }

  /** Names at hand, for advice on a misspelt one. */
  names(): string[] {
    return [...this.#byName.keys()]
  }

  /** Resolves once everything that was remembered is in the state. */
  async save(): Promise<void> {
    while (this.#parts.isOpen() && (this.#waiting.size > 0 || this.#writing)) await this.#write()
  }

  /** Writes what is left; nothing is remembered afterwards. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.save()
    this.#cancelTimer?.()
  }

  #note(record: PeerRecord): void {
    const before = this.#atHand.get(record.id)
    const merged = mergeRecords(record, before?.record)
    const seenAtS = this.#nowS()
    const isWritten =
      before !== undefined && isSameRecord(before.record, merged) && seenAtS - before.writtenAtS < RENEW_S
    this.#setAtHand({ record: merged, seenAtS, writtenAtS: isWritten ? before.writtenAtS : seenAtS })
    if (isWritten) return
    if (this.#waiting.size < MAX_WAITING || this.#waiting.has(record.id)) this.#waiting.set(record.id, merged)
  }

  #setAtHand(entry: AtHand): void {
    const { id, usernames } = entry.record
    this.#drop(id)
    this.#atHand.set(id, entry)
    for (const name of usernames) this.#byName.set(name, id)
    if (this.#atHand.size <= MAX_AT_HAND) return
    const [oldest] = this.#atHand.keys()
    if (oldest !== undefined) this.#drop(oldest)
  }

  #drop(id: bigint): void {
    for (const name of this.#atHand.get(id)?.record.usernames ?? []) {
      if (this.#byName.get(name) === id) this.#byName.delete(name)
    }
    this.#atHand.delete(id)
  }

  #keep(record: PeerRecord | undefined): PeerRecord | undefined {
    if (record && !this.#atHand.has(record.id)) this.#setAtHand({ record, seenAtS: 0, writtenAtS: 0 })
    return record
  }

  /** Another account has signed in: access hashes are for one account only. */
  #forgetOthers(): void {
    const userId = this.#parts.userId()
    if (userId === this.#userId) return
    this.#userId = userId
    this.#atHand.clear()
    this.#byName.clear()
    this.#waiting.clear()
  }

  async #write(): Promise<void> {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (!this.#parts.isOpen()) return
    // Not in `#writeAll`: where nothing waits that ends before this line has its promise.
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined
    })
    await this.#writing
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.size > 0) {
        const records = [...this.#waiting.values()].slice(0, WRITE_PEERS)
        for (const { id } of records) this.#waiting.delete(id)
        const kept = await this.#store.put(records)
        for (const record of kept) this.#learn(record)
      }
    } catch (error) {
      this.#waiting.clear()
      this.#parts.onError(error)
    }
  }

  /** The state may know the hash of a peer of which only a reduced form is at hand. */
  #learn(record: PeerRecord): void {
    const recent = this.#atHand.get(record.id)
    if (recent) recent.record = mergeRecords(recent.record, record)
  }

  #nowS(): number {
    return Math.floor(this.#parts.clock.nowMs() / 1000)
  }
}

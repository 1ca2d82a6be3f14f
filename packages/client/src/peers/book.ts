import type { Clock } from '../net/clock.ts'
import type { AccountStates } from '../storage/account-state.ts'
import { isSameRecord, mergeRecords, type PeerRecord, withoutHash } from './record.ts'
import { type NameChange, nameChangesIn, recordsIn } from './seen.ts'
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
  readonly state: AccountStates
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
  /** The peers of this account in the state. */
  #store: PeerStore
  /** The least recently seen first. */
  readonly #atHand = new Map<bigint, AtHand>()
  readonly #byName = new Map<string, bigint>()
  readonly #waiting = new Map<bigint, PeerRecord>()
  /** Writes that go before those. */
  readonly #jobs: (() => Promise<unknown>)[] = []
  /** Whose peers these are. */
  #userId: bigint | undefined
  #cancelTimer: (() => void) | undefined
  #writing: Promise<void> | undefined
  #isClosed = false

  constructor(parts: PeerBookOptions) {
    this.#parts = parts
    this.#store = this.#storeOf(undefined)
  }

  /** Remembers the users and chats that an answer or an update names, and the names and numbers that have changed. */
  remember(value: unknown): void {
    if (this.#isClosed) return
    const records = recordsIn(value)
    const changes = nameChangesIn(value)
    if (records.length === 0 && changes.length === 0) return
    this.#forgetOthers()
    for (const record of records) this.#note(record)
    for (const change of changes) this.#rename(change, records)
    this.#scheduleWrite()
  }

  /**
   * Forgets an access hash that the server does not take, unless a newer one is known by now. The peer keeps its names.
   */
  async forgetHash(id: bigint, accessHash: bigint): Promise<void> {
    const record = this.recent(id)
    if (record?.accessHash === accessHash) this.#replace(withoutHash(record))
    const store = this.#store
    if (!this.#parts.isOpen()) return
    this.#addJob(() => store.forgetHash(id, accessHash))
    await this.save()
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
    return this.recent(id) ?? (await this.#found((store) => store.byId(id)))
  }

  /** The peer with a username, if it was seen within a day. */
  async byName(name: string): Promise<PeerRecord | undefined> {
    this.#forgetOthers()
    const lower = name.toLowerCase()
    const recent = this.#atHand.get(this.#byName.get(lower) ?? 0n)
    const isValid = recent !== undefined && this.#nowS() - recent.seenAtS <= NAME_VALID_S
    return isValid ? recent.record : await this.#found((store) => store.byName(lower))
  }

  /** The user with a phone number, if it was seen within a day. */
  async byPhone(digits: string): Promise<PeerRecord | undefined> {
    this.#forgetOthers()
    return await this.#found((store) => store.byPhone(digits))
  }

  /** Names at hand, for advice on a misspelt one. */
  names(): string[] {
    return [...this.#byName.keys()]
  }

  /** Resolves once everything that was remembered is in the state. */
  async save(): Promise<void> {
    while (this.#parts.isOpen() && (this.#hasWork() || this.#writing)) await this.#write()
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

  /** A user has other names or another number. Of one that is not known there is nothing to change. */
  #rename({ id, changes }: NameChange, seen: readonly PeerRecord[]): void {
    // The same answer shows the user as it is now.
    if (seen.some((record) => record.id === id)) return
    const recent = this.#atHand.get(id)
    const store = this.#store
    if (changes === undefined) this.#distrustNames(id)
    else if (recent) this.#note({ ...recent.record, ...changes })
    else this.#addJob(() => store.rename(id, changes))
  }

  /** The names and the number of a user may be somebody else's by now: they lead nowhere until they are seen again. */
  #distrustNames(id: bigint): void {
    const store = this.#store
    this.#dropNames(id)
    const waiting = this.#waiting.get(id)
    if (waiting) this.#addJob(() => store.put([waiting]))
    this.#waiting.delete(id)
    this.#addJob(() => store.forgetNames(id))
  }

  /** Beyond its bounds a change is dropped: names are asked for again after a day. */
  #addJob(job: () => Promise<unknown>): void {
    if (this.#jobs.length < MAX_WAITING) this.#jobs.push(job)
  }

  /** Changes a record at hand, and the one that waits to be written. */
  #replace(record: PeerRecord): void {
    const recent = this.#atHand.get(record.id)
    if (recent) recent.record = record
    if (this.#waiting.has(record.id)) this.#waiting.set(record.id, record)
  }

  #setAtHand(entry: AtHand): void {
    const { id, usernames } = entry.record
    this.#drop(id)
    this.#atHand.set(id, entry)
    // A record out of the state may be older than one at hand that has the name by now.
    for (const name of usernames) if (entry.seenAtS > 0 || !this.#byName.has(name)) this.#byName.set(name, id)
    if (this.#atHand.size <= MAX_AT_HAND) return
    const [oldest] = this.#atHand.keys()
    if (oldest !== undefined) this.#drop(oldest)
  }

  #drop(id: bigint): void {
    this.#dropNames(id)
    this.#atHand.delete(id)
  }

  #dropNames(id: bigint): void {
    for (const name of this.#atHand.get(id)?.record.usernames ?? []) {
      if (this.#byName.get(name) === id) this.#byName.delete(name)
    }
  }

  /** A peer that the state knows. Another account may have signed in while it was read. */
  async #found(read: (store: PeerStore) => Promise<PeerRecord | undefined>): Promise<PeerRecord | undefined> {
    const store = this.#store
    const record = await read(store)
    // A record that came meanwhile is newer.
    if (record && store === this.#store && !this.#atHand.has(record.id)) {
      this.#setAtHand({ record, seenAtS: 0, writtenAtS: 0 })
    }
    return record
  }

  /** Another account has signed in: access hashes are for one account only. What waits is still written, for the former one. */
  #forgetOthers(): void {
    const userId = this.#parts.userId()
    if (userId === this.#userId) return
    if (this.#userId !== undefined) {
      for (let batch = this.#nextBatch(); batch; batch = this.#nextBatch()) this.#jobs.push(batch)
      this.#scheduleWrite()
    }
    this.#userId = userId
    this.#store = this.#storeOf(userId)
    this.#atHand.clear()
    this.#byName.clear()
    this.#waiting.clear()
  }

  /** While nobody is known to be signed in, the session has to be opened first. */
  #storeOf(userId: bigint | undefined): PeerStore {
    const { state, maxPeers } = this.#parts
    return new PeerStore(userId === undefined ? state : state.of(userId), () => this.#nowS(), maxPeers)
  }

  #hasWork(): boolean {
    return this.#jobs.length > 0 || this.#waiting.size > 0
  }

  #scheduleWrite(): void {
    if (this.#hasWork()) {
      this.#cancelTimer ??= this.#parts.clock.after(WRITE_AFTER_MS, () => void this.#write())
    }
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
      for (let job = this.#nextJob(); job; job = this.#nextJob()) await job()
    } catch (error) {
      this.#waiting.clear()
      this.#jobs.length = 0
      this.#parts.onError(error)
    }
  }

  #nextJob(): (() => Promise<unknown>) | undefined {
    return this.#jobs.shift() ?? this.#nextBatch()
  }

  /** Writes peers that wait, as many as go into one write. */
  #nextBatch(): (() => Promise<void>) | undefined {
    const records = [...this.#waiting.values()].slice(0, WRITE_PEERS)
    if (records.length === 0) return undefined
    for (const { id } of records) this.#waiting.delete(id)
    const store = this.#store
    return async () => {
      const kept = await store.put(records)
      if (store === this.#store) for (const record of kept) this.#learn(record)
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

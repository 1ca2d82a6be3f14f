import type { Bus } from '../../bus/bus.ts'
import type { Store } from '../../database/store.ts'
import type { Clock } from '../../ground/clock.ts'
import type { Ground } from '../../ground/ground.ts'
import { findKeyRecord } from './decide-keys.ts'
import type { KeyRecord } from './words.ts'

/** About a kilobyte each. */
const MAX_RECORDS = 4096
/** The time that a record is believed for where another node may have changed it and its nudge may be lost. */
const MAX_AGE_MS = 1000

/** The ground of rules that look keys up. */
export type OnKeys = Ground & { readonly keyRecords: KeyRecords }

/**
 * The records of the permanent keys used last: every request asks for its key's. An embedded store tells of each row that
 * is written, inside that write. Elsewhere nudges tell: those of this node before the caller of the decision is told, those
 * of other nodes soon.
 */
export class KeyRecords {
  readonly #store: Store
  readonly #clock: Clock
  readonly #maxAgeMs: number
  readonly #records = new Map<bigint, { readonly record: KeyRecord; readonly readAtMs: number }>()
  /** Reads that no write has overtaken. */
  readonly #reads = new Map<bigint, Promise<KeyRecord | undefined>>()

  constructor({ store, bus, clock }: { readonly store: Store; readonly bus: Bus; readonly clock: Clock }) {
    this.#store = store
    this.#clock = clock
    this.#maxAgeMs = store.watchKeys === undefined ? MAX_AGE_MS : Number.POSITIVE_INFINITY
    store.watchKeys?.((authKeyId) => this.#drop(authKeyId))
    bus.subscribe((nudge) => {
      if (nudge.kind === 'key' && store.watchKeys === undefined) this.#drop(BigInt(nudge.authKeyId))
      // Nudges may have been lost.
      if (nudge.kind === 'anything') this.#dropAll()
    })
  }

  /** Finds the record as it is in the store, or was at most a second ago where other nodes write the store, too. */
  async find(authKeyId: bigint): Promise<KeyRecord | undefined> {
    const known = this.#records.get(authKeyId)
    if (known !== undefined && this.#isFresh(known.readAtMs)) return known.record
    return await (this.#reads.get(authKeyId) ?? this.#read(authKeyId))
  }

  /** Tells whether nothing was heard of a key since this record of it was found. */
  isCurrent(record: KeyRecord): boolean {
    return this.#records.get(record.authKeyId)?.record === record
  }

  /** A clock that was put back says nothing of an age. */
  #isFresh(readAtMs: number): boolean {
    if (this.#maxAgeMs === Number.POSITIVE_INFINITY) return true
    const ageMs = this.#clock.nowMs() - readAtMs
    return ageMs >= 0 && ageMs < this.#maxAgeMs
  }

  #read(authKeyId: bigint): Promise<KeyRecord | undefined> {
    const { secret } = this.#store
    const readAtMs = this.#clock.nowMs()
    const read = this.#store
      .look(() => findKeyRecord(secret, authKeyId))
      .then((record) => {
        // If the key was written meanwhile, nobody knows whether this is its state before or after that.
        if (record !== undefined && this.#reads.get(authKeyId) === read) this.#keep(record, readAtMs)
        return record
      })
      .finally(() => {
        if (this.#reads.get(authKeyId) === read) this.#reads.delete(authKeyId)
      })
    this.#reads.set(authKeyId, read)
    return read
  }

  /** The oldest goes where there are too many. */
  #keep(record: KeyRecord, readAtMs: number): void {
    this.#records.delete(record.authKeyId)
    this.#records.set(record.authKeyId, { record, readAtMs })
    const [oldest] = this.#records.size > MAX_RECORDS ? this.#records.keys() : []
    if (oldest !== undefined) this.#records.delete(oldest)
  }

  #drop(authKeyId: bigint): void {
    this.#records.delete(authKeyId)
    this.#reads.delete(authKeyId)
  }

  #dropAll(): void {
    this.#records.clear()
    this.#reads.clear()
  }
}

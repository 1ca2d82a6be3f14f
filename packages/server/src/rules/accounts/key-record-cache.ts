import type { KeyRecord } from './words.ts'

/** About a kilobyte each. */
const MAX_RECORDS = 4096

/**
 * The records of the permanent keys used last, as they are in the tables now: every request asks for its key's. A row
 * that is written drops the record of its key inside that write, and nothing is read in between, so no answer ever
 * comes from an older one. That holds because this process is the only one that writes the tables.
 */
export class KeyRecordCache {
  readonly #records = new Map<bigint, KeyRecord>()

  /** @param watch has a listener told of each key whose row is written, inside the write */
  constructor(watch: (listener: (authKeyId: bigint) => void) => void) {
    watch((authKeyId) => this.#records.delete(authKeyId))
  }

  get(authKeyId: bigint): KeyRecord | undefined {
    return this.#records.get(authKeyId)
  }

  /** Gives the record back. The oldest goes where there are too many. */
  keep(record: KeyRecord): KeyRecord {
    this.#records.set(record.authKeyId, record)
    const [oldest] = this.#records.size > MAX_RECORDS ? this.#records.keys() : []
    if (oldest !== undefined) this.#records.delete(oldest)
    return record
  }
}

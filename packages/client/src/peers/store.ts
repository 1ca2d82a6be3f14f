import type { AccountState } from '../storage/account-state.ts'
import { decodePeer, encodePeer, mergeRecords, type PeerRecord, withoutHash } from './record.ts'

/** Peers that are kept when none is said. */
const MAX_PEERS = 50_000
/** A name may go to somebody else: after this time the server is asked again. */
const NAME_VALID_S = 24 * 60 * 60
/** A name that is seen again is written again only when its time is so old. */
const NAME_RENEW_S = 12 * 60 * 60

const NEXT_SLOT = 'peers/next'

/**
 * The peers that an account's state keeps: the newest ones, in a ring of slots. A peer that is seen again moves forward
 * once it is in the older half.
 *
 * Keys: `peer/<id>`, `name/<name>`, `phone/<digits>`, `slot/<number>` (the id of the peer there), `peers/next`.
 */
export class PeerStore {
  readonly #state: AccountState
  readonly #nowS: () => number
  readonly #maxPeers: number

  constructor(state: AccountState, nowS: () => number, maxPeers: number = MAX_PEERS) {
    this.#state = state
    this.#nowS = nowS
    this.#maxPeers = maxPeers
  }

  /** A peer by its id. */
  async byId(id: bigint): Promise<PeerRecord | undefined> {
    return decodePeer(id, await this.#state.get(`peer/${id}`))?.record
  }

  /** The peer with a username, if it was seen within a day. @param name in lower case */
  async byName(name: string): Promise<PeerRecord | undefined> {
    return await this.#byPointer(`name/${name}`)
  }

  /** The user with a phone number, if it was seen within a day. */
  async byPhone(digits: string): Promise<PeerRecord | undefined> {
    return await this.#byPointer(`phone/${digits}`)
  }

  /** Keeps peers, in one write. @returns the records as they are kept, with what was known before */
  async put(records: readonly PeerRecord[]): Promise<PeerRecord[]> {
    const changes = new Changes(this.#state)
    let next = Number((await changes.get(NEXT_SLOT)) ?? 0)
    const kept: PeerRecord[] = []
    for (const record of records) {
      const before = decodePeer(record.id, await changes.get(`peer/${record.id}`))
      const merged = mergeRecords(record, before?.record)
      const isRecent = before !== undefined && next - before.slot <= this.#maxPeers / 2
      const slot = isRecent ? before.slot : next
      if (!isRecent) {
        await this.#takeSlot(slot, record.id, changes)
        next += 1
      }
      await this.#putPointers(merged, before?.record, changes)
      const text = encodePeer(merged, slot)
      if (!before || text !== encodePeer(before.record, before.slot)) changes.set(`peer/${record.id}`, text)
      kept.push(merged)
    }
    changes.set(NEXT_SLOT, String(next))
    await changes.write()
    return kept
  }

  /** Changes names or the number of a peer that is kept. */
  async rename(id: bigint, names: Partial<PeerRecord>): Promise<void> {
    const changes = new Changes(this.#state)
    const before = decodePeer(id, await changes.get(`peer/${id}`))
    if (!before) return
    const record = { ...before.record, ...names }
    await this.#putPointers(record, before.record, changes)
    changes.set(`peer/${id}`, encodePeer(record, before.slot))
    await changes.write()
  }

  /** Forgets that names and a number lead to a peer. */
  async forgetNames(id: bigint): Promise<void> {
    const changes = new Changes(this.#state)
    const kept = decodePeer(id, await changes.get(`peer/${id}`))
    for (const pointer of kept ? pointersOf(kept.record) : []) await dropPointer(pointer, id, changes)
    await changes.write()
  }

  /** Forgets an access hash, if it is still the one that is kept. */
  async forgetHash(id: bigint, accessHash: bigint): Promise<void> {
    const kept = decodePeer(id, await this.#state.get(`peer/${id}`))
    if (kept?.record.accessHash !== accessHash) return
    const text = encodePeer(withoutHash(kept.record), kept.slot)
    await this.#state.write(new Map([[`peer/${id}`, text]]))
  }

  async #byPointer(key: string): Promise<PeerRecord | undefined> {
    const pointer = decodePointer(await this.#state.get(key))
    if (!pointer || this.#nowS() - pointer.savedAtS > NAME_VALID_S) return undefined
    const record = await this.byId(pointer.id)
    return record && pointersOf(record).includes(key) ? record : undefined
  }

  /** The peer that was in the slot is forgotten, unless it has moved on since. */
  async #takeSlot(slot: number, id: bigint, changes: Changes): Promise<void> {
    const place = slot % this.#maxPeers
    const key = `slot/${place}`
    const before = await changes.get(key)
    changes.set(key, String(id))
    if (before === undefined || before === String(id)) return
    const oldId = BigInt(before)
    const old = decodePeer(oldId, await changes.get(`peer/${oldId}`))
    if (!old || old.slot % this.#maxPeers !== place) return
    changes.set(`peer/${oldId}`, undefined)
    for (const pointer of pointersOf(old.record)) await dropPointer(pointer, oldId, changes)
  }

  async #putPointers(record: PeerRecord, before: PeerRecord | undefined, changes: Changes): Promise<void> {
    const pointers = pointersOf(record)
    const gone = before ? pointersOf(before).filter((pointer) => !pointers.includes(pointer)) : []
    for (const pointer of gone) await dropPointer(pointer, record.id, changes)
    const nowS = this.#nowS()
    for (const pointer of pointers) {
      const known = decodePointer(await changes.get(pointer))
      if (known?.id === record.id && nowS - known.savedAtS < NAME_RENEW_S) continue
      changes.set(pointer, `${record.id} ${nowS}`)
    }
  }
}

/** Changes of one write, and the state as it will be after them. */
class Changes {
  readonly #state: AccountState
  readonly #changes = new Map<string, string | undefined>()

  constructor(state: AccountState) {
    this.#state = state
  }

  async get(key: string): Promise<string | undefined> {
    return this.#changes.has(key) ? this.#changes.get(key) : await this.#state.get(key)
  }

  set(key: string, value: string | undefined): void {
    this.#changes.set(key, value)
  }

  async write(): Promise<void> {
    await this.#state.write(this.#changes)
  }
}

function pointersOf({ usernames, phone }: PeerRecord): string[] {
  const names = usernames.map((name) => `name/${name}`)
  return phone === undefined ? names : [...names, `phone/${phone}`]
}

/** The name may be somebody else's by now. */
async function dropPointer(key: string, id: bigint, changes: Changes): Promise<void> {
  if (decodePointer(await changes.get(key))?.id === id) changes.set(key, undefined)
}

function decodePointer(text: string | undefined): { id: bigint; savedAtS: number } | undefined {
  const [, id, savedAtS] = /^(-?\d+) (\d+)$/.exec(text ?? '') ?? []
  return id === undefined ? undefined : { id: BigInt(id), savedAtS: Number(savedAtS) }
}

import { Places } from '../../files/places.ts'
import type { FileStore } from '../../files/port.ts'
import type { NewPart } from './words.ts'

/** The upload that a part belongs to, and the room that is left beside the part and all that rows count. */
export interface PartPlace {
  readonly name: string
  readonly room: Room
}

/** Parts and bytes that an account may have in flight besides. */
export interface Room {
  readonly parts: number
  readonly bytes: number
}

/** A part whose bytes are being written: no row counts it yet. */
export interface PartWrite {
  readonly name: string
  readonly part: number
  readonly bytes: number
}

const writes = new WeakMap<FileStore, PartWrites>()

/** The parts that are being written into a store of files. */
export function partWritesOf(files: FileStore): PartWrites {
  const known = writes.get(files) ?? new PartWrites()
  writes.set(files, known)
  return known
}

/** The parts that this process is writing, by account. */
class PartWrites {
  readonly #accounts = new Map<bigint, { readonly writes: AccountWrites; calls: number }>()

  /** Does work with the writes of an account. */
  async ofAccount<T>(ownerId: bigint, work: (writes: AccountWrites) => Promise<T>): Promise<T> {
    const account = this.#accounts.get(ownerId) ?? { writes: new AccountWrites(), calls: 0 }
    this.#accounts.set(ownerId, account)
    account.calls += 1
    try {
      return await work(account.writes)
    } finally {
      account.calls -= 1
      if (account.calls === 0) this.#accounts.delete(ownerId)
    }
  }
}

/**
 * The parts of one account that are being written. Parts are let in one after the other, so that those which come at once do not
 * overrun the room of the account. Calls wait, and their number is bounded by connections.
 */
export class AccountWrites {
  readonly #turns = new Places(1)
  readonly #writes = new Set<PartWrite>()
  #onEnd: (() => void) | undefined

  /**
   * Begins to write a part, once there is room for it beside those that are being written.
   *
   * @param findPlace judges the part by the rows; undefined: nothing is to be written
   */
  async begin(
    { part, bytes: { length: bytes } }: NewPart,
    findPlace: () => Promise<PartPlace | undefined>,
  ): Promise<PartWrite | undefined> {
    return await this.#turns.taking(async () => {
      for (;;) {
        // A write that ends meanwhile counts, too: the look at the rows may have come before its row.
        const others = [...this.#writes]
        const place = await findPlace()
        if (place === undefined) return undefined
        if (hasRoom(place.room, others)) return this.#add({ name: place.name, part, bytes })
        if (this.#writes.size === others.length) await new Promise<void>((ended) => (this.#onEnd = ended))
      }
    })
  }

  #add(write: PartWrite): PartWrite {
    this.#writes.add(write)
    return write
  }

  /** A row counts the part by now, or it failed. */
  end(write: PartWrite): void {
    this.#writes.delete(write)
    this.#onEnd?.()
    this.#onEnd = undefined
  }
}

function hasRoom(room: Room, others: readonly PartWrite[]): boolean {
  const bytes = others.reduce((sum, other) => sum + other.bytes, 0)
  return others.length <= room.parts && bytes <= room.bytes
}

import { TransportError } from '../errors.ts'
import type { ConnectionId } from '../machine.ts'

/** A packet under a key that is being looked up. */
export interface WaitingPacket {
  readonly connection: ConnectionId
  /** A copy. */
  readonly packet: Uint8Array
  readonly wantsQuickAck: boolean
}

/** The waiting packets of one connection. */
interface Share {
  bytes: number
  readonly authKeyIds: Set<bigint>
}

/** Keys of one connection that are being looked up at the same time. */
const MAX_KEYS = 16

/** Packets whose keys the gateway is looking up, in order; a limited number of bytes for each connection. */
export class WaitingPackets {
  readonly #maxBytes: number
  readonly #byKey = new Map<bigint, WaitingPacket[]>()
  readonly #shares = new Map<ConnectionId, Share>()

  /** @param maxBytes of each connection */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** The number of keys and connections with packets here. */
  get size(): number {
    return this.#byKey.size + this.#shares.size
  }

  /**
   * Keeps a packet; true if its key is to be looked up.
   *
   * @throws TransportError -429 where the connection has too much waiting
   */
  add(authKeyId: bigint, { connection, packet, wantsQuickAck }: WaitingPacket): boolean {
    const share = this.#shares.get(connection) ?? { bytes: 0, authKeyIds: new Set() }
    share.bytes += packet.length
    share.authKeyIds.add(authKeyId)
    if (share.bytes > this.#maxBytes || share.authKeyIds.size > MAX_KEYS) throw new TransportError(-429)
    this.#shares.set(connection, share)
    const waiting = this.#byKey.get(authKeyId)
    const copy = { connection, packet: packet.slice(), wantsQuickAck }
    if (waiting) waiting.push(copy)
    else this.#byKey.set(authKeyId, [copy])
    return waiting === undefined
  }

  /** The key has been looked up: what has waited for it. */
  take(authKeyId: bigint): WaitingPacket[] {
    const waiting = this.#byKey.get(authKeyId) ?? []
    this.#byKey.delete(authKeyId)
    for (const { connection, packet } of waiting) {
      const share = this.#shares.get(connection)
      if (!share) continue
      share.bytes -= packet.length
      share.authKeyIds.delete(authKeyId)
      if (share.authKeyIds.size === 0) this.#shares.delete(connection)
    }
    return waiting
  }

  /** A connection is gone. */
  drop(connection: ConnectionId): void {
    for (const authKeyId of this.#shares.get(connection)?.authKeyIds ?? []) {
      const rest = this.#byKey.get(authKeyId)?.filter((one) => one.connection !== connection)
      if (rest) this.#byKey.set(authKeyId, rest)
    }
    this.#shares.delete(connection)
  }
}

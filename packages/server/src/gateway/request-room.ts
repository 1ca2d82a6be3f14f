import type { ConnectionId } from '@cablegram/mtproto'

/** Limits of the requests that are here, running or waiting to run. */
export interface RequestRoomLimits {
  /** Requests of one connection that run at the same time; more wait. */
  readonly maxRunning: number
  /** Nothing more is read from a connection while its requests have more bytes than this. */
  readonly maxConnectionBytes: number
  /**
   * Nothing more is read from connections with requests while those of all connections have more bytes than this, and from no
   * connection while they have twice as many.
   */
  readonly maxBytes: number
}

export const REQUEST_ROOM_LIMITS: RequestRoomLimits = {
  maxRunning: 128,
  maxConnectionBytes: 4 * 1024 * 1024,
  maxBytes: 64 * 1024 * 1024,
}

/** A request takes so many bytes besides its own. */
const REQUEST_BYTES = 1024

/** The requests of one connection. */
interface Line {
  running: number
  bytes: number
  readonly waiting: (() => void)[]
}

/**
 * Bounds the memory of requests by their bytes, so that parts of files wait in the network and not here. Acknowledgements and
 * pings are read behind any number of short requests, and behind long ones as soon as some of those are done: room comes back
 * with each request that ends, and depends on nothing that the client has to read or to send first.
 */
export class RequestRoom {
  readonly #limits: RequestRoomLimits
  readonly #lines = new Map<ConnectionId, Line>()
  /** Connections that are not read because of all others. */
  readonly #crowded = new Set<ConnectionId>()
  #bytes = 0

  constructor(limits: RequestRoomLimits = REQUEST_ROOM_LIMITS) {
    this.#limits = limits
  }

  /** Bytes of all requests. */
  get bytes(): number {
    return this.#bytes
  }

  /** Lets a request in. @returns undefined if it may run at once; else resolves when another one of its connection has ended */
  enter(connection: ConnectionId, bodyBytes: number): Promise<void> | undefined {
    const line = this.#lines.get(connection) ?? { running: 0, bytes: 0, waiting: [] }
    this.#lines.set(connection, line)
    line.bytes += bodyBytes + REQUEST_BYTES
    this.#bytes += bodyBytes + REQUEST_BYTES
    if (line.running >= this.#limits.maxRunning) return new Promise((start) => line.waiting.push(start))
    line.running += 1
    return undefined
  }

  /** Notes the end of a request. @returns connections that may be read again */
  leave(connection: ConnectionId, bodyBytes: number): readonly ConnectionId[] {
    const line = this.#lines.get(connection)
    if (line === undefined) return []
    line.bytes -= bodyBytes + REQUEST_BYTES
    this.#bytes -= bodyBytes + REQUEST_BYTES
    const next = line.waiting.shift()
    if (next === undefined) line.running -= 1
    if (line.running === 0) this.#lines.delete(connection)
    next?.()
    return this.#bytes > this.#limits.maxBytes ? [] : this.#takeCrowded()
  }

  /** Tells whether nothing more is to be read from a connection now. */
  isFull(connection: ConnectionId): boolean {
    const { maxConnectionBytes, maxBytes } = this.#limits
    const bytes = this.#lines.get(connection)?.bytes ?? 0
    if (bytes > maxConnectionBytes) return true
    const isCrowded = this.#bytes > (bytes > 0 ? maxBytes : 2 * maxBytes)
    if (isCrowded) this.#crowded.add(connection)
    return isCrowded
  }

  /** Forgets a connection that has closed. Its requests run to their end. */
  close(connection: ConnectionId): void {
    this.#crowded.delete(connection)
  }

  #takeCrowded(): readonly ConnectionId[] {
    const crowded = [...this.#crowded]
    this.#crowded.clear()
    return crowded
  }
}

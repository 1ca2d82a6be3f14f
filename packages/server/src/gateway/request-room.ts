import type { ConnectionId } from '@cablegram/mtproto'

/** Limits of the requests that are here, running or waiting to run. */
export interface RequestRoomLimits {
  /** Requests of one connection that run at the same time; more wait. */
  readonly maxRunning: number
  /** Nothing more is read from a connection while its requests have more bytes than this. */
  readonly maxConnectionBytes: number
  /**
   * Nothing more is read from connections with requests once those of all connections have more bytes than this, until three
   * quarters of it are left.
   */
  readonly sharedBytes: number
  /** Nothing more is read from any connection once the requests of all have more bytes than this, as long. */
  readonly maxBytes: number
}

const MIB = 1024 * 1024

export const REQUEST_ROOM_LIMITS: RequestRoomLimits = {
  maxRunning: 128,
  maxConnectionBytes: 4 * MIB,
  sharedBytes: 8 * MIB,
  maxBytes: 128 * MIB,
}

/** A request takes so many bytes besides its own. */
const REQUEST_BYTES = 1024
/** Nothing more is read from a connection while its parked requests have more bytes than this. */
const MAX_PARKED_BYTES = 256 * 1024

/** 1: connections with requests are not read. 2: no connection is read. */
export type Crowding = 0 | 1 | 2

/** A request that waits until it may be unpacked. */
interface Packed {
  readonly maxBytes: number
  readonly start: () => void
}

/** The requests of one connection. */
interface Line {
  running: number
  /** Of all its requests, what came out of gzip included. */
  bytes: number
  /** Of what came out of gzip. */
  unpackedBytes: number
  parkedBytes: number
  readonly waiting: (() => void)[]
  readonly packed: Packed[]
}

/**
 * Bounds the memory of requests by their bytes, so that parts of files wait in the network and not here. Acknowledgements and
 * pings are read behind any number of short requests, and behind long ones as soon as some of those are done: room comes back
 * with each request that ends, and depends on nothing that the client has to read or to send first. A request that waits for
 * its client is parked: it takes no room from others, and only its own connection is not read if there are too many.
 *
 * A request inside a wrapper may be packed, and a kilobyte of gzip makes a megabyte. It is unpacked only while the connection
 * stays below `maxConnectionBytes`, and all requests below `maxBytes`; else once others have ended. One may always be
 * unpacked, however many packed requests take the room, so that they all end.
 */
export class RequestRoom {
  readonly #limits: RequestRoomLimits
  readonly #lines = new Map<ConnectionId, Line>()
  /** Connections that are not read because of all others. */
  readonly #crowded = new Set<ConnectionId>()
  /** Connections with packed requests that wait for the room of all others, the longest wait first. */
  readonly #packed = new Set<ConnectionId>()
  #bytes = 0
  #unpackedBytes = 0
  #parkedBytes = 0
  #crowding: Crowding = 0

  constructor(limits: RequestRoomLimits = REQUEST_ROOM_LIMITS) {
    this.#limits = limits
  }

  /** Bytes of all requests. */
  get bytes(): number {
    return this.#bytes
  }

  /** Who is not read because of the sum of all requests. Whenever it rises, all connections are to be looked at. */
  get crowding(): Crowding {
    return this.#crowding
  }

  /** Lets a request in. @returns undefined if it may run at once; else resolves when another one of its connection has ended */
  enter(connection: ConnectionId, bodyBytes: number): Promise<void> | undefined {
    const line = this.#lines.get(connection) ?? newLine()
    this.#lines.set(connection, line)
    this.#count(line, bodyBytes + REQUEST_BYTES)
    if (line.running >= this.#limits.maxRunning) return new Promise((start) => line.waiting.push(start))
    line.running += 1
    return undefined
  }

  /**
   * Takes room for what comes out of gzip in a request that runs.
   *
   * @param maxBytes the most that may come out: {@link keepUnpacked} gives the rest back
   * @returns undefined if it may be unpacked at once; else resolves once it may
   */
  unpack(connection: ConnectionId, maxBytes: number): Promise<void> | undefined {
    const line = this.#lines.get(connection)
    if (line === undefined) return undefined
    if (line.packed.length === 0 && this.#mayUnpack(line, maxBytes)) {
      this.#countUnpacked(line, maxBytes)
      return undefined
    }
    return new Promise((start) => {
      line.packed.push({ maxBytes, start })
      this.#lineUp(connection, line)
    })
  }

  /** Gives back the room that a request was unpacked in and does not need. */
  keepUnpacked(connection: ConnectionId, sparedBytes: number): void {
    const line = this.#lines.get(connection)
    if (line === undefined) return
    this.#countUnpacked(line, -sparedBytes)
    this.#startPacked(connection, line)
  }

  /**
   * Notes the end of a request.
   *
   * @param unpackedBytes what it was unpacked to; 0 if it was not packed
   * @returns connections that may be read again
   */
  leave(connection: ConnectionId, bodyBytes: number, unpackedBytes = 0): readonly ConnectionId[] {
    const line = this.#lines.get(connection)
    if (line === undefined) return []
    this.#count(line, -bodyBytes - REQUEST_BYTES)
    this.#countUnpacked(line, -unpackedBytes)
    this.#startPacked(connection, line)
    const next = line.waiting.shift()
    if (next === undefined) line.running -= 1
    if (line.running === 0 && line.parkedBytes === 0) this.#lines.delete(connection)
    next?.()
    if (this.#bytes > 0.75 * this.#limits.sharedBytes) return []
    this.#crowding = 0
    return this.#takeCrowded()
  }

  /** Takes a running request out while it waits for what its client has to do. @returns connections that may be read again */
  park(connection: ConnectionId, bodyBytes: number, unpackedBytes = 0): readonly ConnectionId[] {
    this.#countParked(connection, bodyBytes + unpackedBytes + REQUEST_BYTES)
    return this.leave(connection, bodyBytes, unpackedBytes)
  }

  /** Lets a parked request in again, as {@link enter} does. */
  unpark(connection: ConnectionId, bodyBytes: number, unpackedBytes = 0): Promise<void> | undefined {
    this.#countParked(connection, -bodyBytes - unpackedBytes - REQUEST_BYTES)
    const turn = this.enter(connection, bodyBytes)
    const line = this.#lines.get(connection)
    if (line !== undefined) this.#countUnpacked(line, unpackedBytes)
    return turn
  }

  /** Tells whether nothing more is to be read from a connection now. */
  isFull(connection: ConnectionId): boolean {
    const { maxConnectionBytes, sharedBytes } = this.#limits
    const { bytes = 0, parkedBytes = 0 } = this.#lines.get(connection) ?? {}
    if (bytes > maxConnectionBytes || parkedBytes > MAX_PARKED_BYTES) return true
    // It is looked at again when a request of its own ends.
    if (parkedBytes > 0 && this.#parkedBytes > sharedBytes) return true
    const isCrowded = this.#crowding > (bytes + parkedBytes > 0 ? 0 : 1)
    if (isCrowded) this.#crowded.add(connection)
    return isCrowded
  }

  /** Forgets a connection that has closed. Its requests run to their end. */
  close(connection: ConnectionId): void {
    this.#crowded.delete(connection)
  }

  #countParked(connection: ConnectionId, bytes: number): void {
    const line = this.#lines.get(connection)
    if (line === undefined) return
    line.parkedBytes += bytes
    this.#parkedBytes += bytes
  }

  #count(line: Line, bytes: number): void {
    line.bytes += bytes
    this.#bytes += bytes
    if (bytes > 0) this.#noteCrowding()
  }

  #countUnpacked(line: Line, bytes: number): void {
    line.unpackedBytes += bytes
    this.#unpackedBytes += bytes
    this.#count(line, bytes)
  }

  #mayUnpack(line: Line, bytes: number): boolean {
    if (!this.#hasOwnRoom(line, bytes)) return false
    return this.#unpackedBytes === 0 || this.#bytes + bytes <= this.#limits.maxBytes
  }

  #hasOwnRoom(line: Line, bytes: number): boolean {
    return line.unpackedBytes === 0 || line.bytes + bytes <= this.#limits.maxConnectionBytes
  }

  /** Has a connection wait for the room of all others if its own has room. */
  #lineUp(connection: ConnectionId, line: Line): void {
    const [first] = line.packed
    if (first !== undefined && this.#hasOwnRoom(line, first.maxBytes)) this.#packed.add(connection)
    else this.#packed.delete(connection)
  }

  /** Starts packed requests that have room now that a connection has freed some. */
  #startPacked(connection: ConnectionId, freed: Line): void {
    this.#lineUp(connection, freed)
    for (const waiting of this.#packed) {
      const line = this.#lines.get(waiting)
      const [first] = line?.packed ?? []
      if (line === undefined || first === undefined || !this.#mayUnpack(line, first.maxBytes)) return
      line.packed.shift()
      this.#countUnpacked(line, first.maxBytes)
      first.start()
      // Behind all others.
      this.#packed.delete(waiting)
      this.#lineUp(waiting, line)
    }
  }

  #noteCrowding(): void {
    const { sharedBytes, maxBytes } = this.#limits
    if (this.#bytes > maxBytes) this.#crowding = 2
    else if (this.#bytes > sharedBytes && this.#crowding === 0) this.#crowding = 1
  }

  #takeCrowded(): readonly ConnectionId[] {
    const crowded = [...this.#crowded]
    this.#crowded.clear()
    return crowded
  }
}

function newLine(): Line {
  return { running: 0, bytes: 0, unpackedBytes: 0, parkedBytes: 0, waiting: [], packed: [] }
}

import type { ConnectionId } from '@cablegram/mtproto'
import type { Channel } from './channel.ts'

/** Limits of the memory that answers with bytes of files take while they wait for slow readers. */
export interface FileRoomLimits {
  /** A file is read for a connection only while its promised and its buffered bytes are at most so many. */
  readonly maxConnectionBytes: number
  /** The same for all connections together. Beyond it each connection gets one part at a time. */
  readonly maxBytes: number
}

export const FILE_ROOM_LIMITS: FileRoomLimits = {
  maxConnectionBytes: 4 * 1024 * 1024,
  maxBytes: 64 * 1024 * 1024,
}

/** A request that waits, as long as its answer may be. */
interface Waiting {
  readonly bytes: number
  readonly resolve: (hasRoom: boolean) => void
}

/** The parts of files that one connection asks for. */
interface Line {
  readonly channel: Pick<Channel, 'bufferedBytes'>
  readonly waiting: Waiting[]
  /** Of answers that are being made. */
  promisedBytes: number
  /** The most that the buffer can have of files. */
  unreadBytes: number
  /** Its part of the sum of all lines. */
  countedBytes: number
}

/**
 * Delays requests for bytes of files until their answers fit. The length of such an answer is known before
 * it is made, and a client may ask for 20 MiB at once: answered at once, they would fill the memory of the server, or be
 * more than a connection may have in its buffer.
 *
 * @see files.md section 7
 */
export class FileRoom {
  readonly #limits: FileRoomLimits
  readonly #lines = new Map<ConnectionId, Line>()
  /** The connections on which something waits, the longest waiting first. */
  readonly #waiting = new Set<ConnectionId>()
  #countedBytes = 0

  constructor(limits: FileRoomLimits = FILE_ROOM_LIMITS) {
    this.#limits = limits
  }

  /** Bytes promised to all connections, and buffered for them. */
  get bytes(): number {
    return this.#countedBytes
  }

  /**
   * Asks for room, and has it until `free`.
   *
   * @returns false if the connection has closed before there was room
   */
  ask(connection: ConnectionId, channel: Line['channel'], bytes: number): Promise<boolean> {
    const line = this.#lines.get(connection) ?? {
      channel,
      waiting: [],
      promisedBytes: 0,
      unreadBytes: 0,
      countedBytes: 0,
    }
    this.#lines.set(connection, line)
    return new Promise((resolve) => {
      line.waiting.push({ bytes, resolve })
      this.#waiting.add(connection)
      this.look(connection)
    })
  }

  /**
   * Ends the promise of an answer.
   *
   * @param answeredBytes of files, which are in the buffer of the connection by now: fewer than promised at the end of a file, none
   *   if there was an error
   */
  free(connection: ConnectionId, promisedBytes: number, answeredBytes: number): void {
    const line = this.#lines.get(connection)
    if (line === undefined) return
    line.promisedBytes -= promisedBytes
    line.unreadBytes += answeredBytes
    this.look(connection)
  }

  /** The most that the buffer of a connection can have of files. */
  unreadBytes(connection: ConnectionId): number {
    return this.#lines.get(connection)?.unreadBytes ?? 0
  }

  /** Starts the waiting requests that now fit, after a reader has taken something. */
  look(connection: ConnectionId): void {
    const line = this.#lines.get(connection)
    if (line === undefined) return
    const before = this.#countedBytes
    this.#count(line)
    this.#serve(connection, line)
    if (line.promisedBytes + line.unreadBytes + line.waiting.length === 0) this.#drop(connection, line)
    if (this.#countedBytes >= before) return
    for (const other of [...this.#waiting]) {
      const waiting = this.#lines.get(other)
      if (waiting !== undefined) this.#serve(other, waiting)
    }
  }

  /** Ends everything of a connection that has closed. */
  close(connection: ConnectionId): void {
    const line = this.#lines.get(connection)
    if (line === undefined) return
    const waiting = line.waiting.splice(0)
    this.#drop(connection, line)
    for (const { resolve } of waiting) resolve(false)
    for (const other of [...this.#waiting]) this.look(other)
  }

  #serve(connection: ConnectionId, line: Line): void {
    for (let next = line.waiting[0]; next !== undefined && this.#fits(line, next); next = line.waiting[0]) {
      line.waiting.shift()
      line.promisedBytes += next.bytes
      this.#count(line)
      next.resolve(true)
    }
    if (line.waiting.length === 0) this.#waiting.delete(connection)
  }

  /** A connection that holds nothing always gets one part: a few slow readers hold nobody up. */
  #fits({ channel, promisedBytes }: Line, { bytes }: Waiting): boolean {
    const held = promisedBytes + channel.bufferedBytes
    if (held === 0) return true
    const { maxConnectionBytes, maxBytes } = this.#limits
    return held + bytes <= maxConnectionBytes && this.#countedBytes + bytes <= maxBytes
  }

  #count(line: Line): void {
    const { bufferedBytes } = line.channel
    line.unreadBytes = Math.min(line.unreadBytes, bufferedBytes)
    const bytes = line.promisedBytes + bufferedBytes
    this.#countedBytes += bytes - line.countedBytes
    line.countedBytes = bytes
  }

  #drop(connection: ConnectionId, line: Line): void {
    this.#countedBytes -= line.countedBytes
    line.countedBytes = 0
    this.#lines.delete(connection)
    this.#waiting.delete(connection)
  }
}

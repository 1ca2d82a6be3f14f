import type { ConnectionId } from '@cablegram/mtproto'
import { machineTimer, type StartTimer } from '../ground/clock.ts'
import type { Channel } from './channel.ts'

/** Limits of the memory that answers with bytes of files take while they wait for slow readers. */
export interface FileRoomLimits {
  /** A file is read for a connection only while its promised and its buffered bytes are at most so many. */
  readonly maxConnectionBytes: number
  /** The same for all connections together: beyond it each connection gets one part at a time. */
  readonly sharedBytes: number
  /** Beyond so many bytes of all connections, they wait in line for their one part. */
  readonly maxBytes: number
}

const MIB = 1024 * 1024

export const FILE_ROOM_LIMITS: FileRoomLimits = {
  maxConnectionBytes: 4 * MIB,
  // The kernel keeps some megabytes for each reader as well: here they need only as much as is being made for them.
  sharedBytes: 16 * MIB,
  maxBytes: 128 * MIB,
}

/** Parts that the room works with. */
export interface FileRoomParts {
  readonly nowMs: () => number
  readonly startTimer?: StartTimer | undefined
  /** Told of a connection that is to be closed: it takes nothing, and others wait for what it holds. */
  readonly onStalled: (connection: ConnectionId) => void
}

/** A connection that has taken nothing for so long is closed if others wait in line. */
const STALLED_MS = 60_000
const LOOK_FOR_STALLED_MS = 1000

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
  /** The buffer when it was counted last. */
  bufferedBytes: number
  /** The time since when the client has taken nothing. */
  stalledSinceMs: number
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
  readonly #parts: FileRoomParts
  readonly #startTimer: StartTimer
  #countedBytes = 0
  #stopTimer: (() => void) | undefined

  constructor(limits: FileRoomLimits, parts: FileRoomParts) {
    this.#limits = limits
    this.#parts = parts
    this.#startTimer = parts.startTimer ?? machineTimer
  }

  /** Bytes promised to all connections, and buffered for them. */
  get bytes(): number {
    return this.#countedBytes
  }

  /**
   * Asks for room, and has it until `free`.
   *
   * @returns true if there is room at once; else resolves once there is, with false if the connection has closed before
   */
  ask(connection: ConnectionId, channel: Line['channel'], bytes: number): true | Promise<boolean> {
    this.look(connection)
    const line = this.#lines.get(connection) ?? {
      channel,
      waiting: [],
      promisedBytes: 0,
      unreadBytes: 0,
      countedBytes: 0,
      bufferedBytes: 0,
      stalledSinceMs: 0,
    }
    this.#lines.set(connection, line)
    this.#count(line)
    if (line.waiting.length === 0 && this.#fits(line, bytes)) {
      this.#promise(line, bytes)
      return true
    }
    return new Promise((resolve) => {
      line.waiting.push({ bytes, resolve })
      this.#waiting.add(connection)
      this.#watchStalled()
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
    const isEmpty = line.promisedBytes + line.unreadBytes + line.waiting.length === 0
    if (isEmpty) this.#drop(connection, line)
    // In line: a client that reads fast does not get again and again what others wait for.
    if (this.#countedBytes < before) this.#serveAll()
    else this.#serve(connection, line)
  }

  /** Ends everything of a connection that has closed. */
  close(connection: ConnectionId): void {
    const line = this.#lines.get(connection)
    if (line === undefined) return
    const waiting = line.waiting.splice(0)
    this.#drop(connection, line)
    for (const { resolve } of waiting) resolve(false)
    this.#serveAll()
  }

  #serveAll(): void {
    for (const connection of [...this.#waiting]) {
      const line = this.#lines.get(connection)
      if (line === undefined) continue
      this.#count(line)
      this.#serve(connection, line)
    }
  }

  #serve(connection: ConnectionId, { waiting }: Line): void {
    const line = this.#lines.get(connection)
    if (line === undefined) return
    const before = waiting.length
    for (let next = waiting[0]; next !== undefined && this.#fits(line, next.bytes); next = waiting[0]) {
      waiting.shift()
      this.#promise(line, next.bytes)
      next.resolve(true)
    }
    if (waiting.length === before) return
    // For its next part it waits behind all others.
    this.#waiting.delete(connection)
    if (waiting.length > 0) this.#waiting.add(connection)
  }

  #promise(line: Line, bytes: number): void {
    line.promisedBytes += bytes
    this.#count(line)
  }

  /** A connection that holds nothing gets one part beyond what all share: a few slow readers hold nobody up. */
  #fits({ channel, promisedBytes }: Line, bytes: number): boolean {
    const { maxConnectionBytes, sharedBytes, maxBytes } = this.#limits
    const held = promisedBytes + channel.bufferedBytes
    if (held === 0) return this.#countedBytes < maxBytes
    return held + bytes <= maxConnectionBytes && this.#countedBytes + bytes <= sharedBytes
  }

  #count(line: Line): void {
    const { bufferedBytes } = line.channel
    line.unreadBytes = Math.min(line.unreadBytes, bufferedBytes)
    const hasTaken = bufferedBytes < line.bufferedBytes || line.bufferedBytes === 0
    if (hasTaken) line.stalledSinceMs = this.#parts.nowMs()
    line.bufferedBytes = bufferedBytes
    const bytes = line.promisedBytes + bufferedBytes
    this.#countedBytes += bytes - line.countedBytes
    line.countedBytes = bytes
  }

  /** While connections wait in line, those that take nothing are closed: else they could keep the others out for ever. */
  #watchStalled(): void {
    if (this.#stopTimer !== undefined || this.#countInLine() === 0) return
    this.#stopTimer = this.#startTimer(() => {
      this.#stopTimer = undefined
      for (const connection of [...this.#lines.keys()]) this.look(connection)
      this.#closeStalled(this.#countInLine())
      this.#watchStalled()
    }, LOOK_FOR_STALLED_MS)
  }

  /** Connections that wait for their one part. */
  #countInLine(): number {
    if (this.#countedBytes < this.#limits.maxBytes) return 0
    let count = 0
    for (const connection of this.#waiting) if (this.#lines.get(connection)?.countedBytes === 0) count += 1
    return count
  }

  #closeStalled(maxClosed: number): void {
    const latestMs = this.#parts.nowMs() - STALLED_MS
    const stalled = [...this.#lines].filter(
      ([, line]) => line.bufferedBytes > 0 && line.stalledSinceMs <= latestMs,
    )
    for (const [connection] of stalled.slice(0, maxClosed)) this.#parts.onStalled(connection)
  }

  #drop(connection: ConnectionId, line: Line): void {
    this.#countedBytes -= line.countedBytes
    line.countedBytes = 0
    this.#lines.delete(connection)
    this.#waiting.delete(connection)
  }
}

import {
  bodyBytes,
  type CipherResult,
  type CipherTask,
  type ConnectionId,
  type ExchangeResult,
  type ExchangeTask,
  type Machine,
  type MsgId,
  type ServerInput,
  type ServerKey,
  type ServerOutput,
  type SessionRef,
} from '@cablegram/mtproto'
import { freeBytes } from '@cablegram/tl'
import type { Logger } from 'pino'
import type { Instead, Outcome } from '../rpc/apply-fault.ts'
import { networkOf } from '../rules/index.ts'
import { type Channel, FREED_BYTES } from './channel.ts'
import { FILE_ROOM_LIMITS, FileRoom, type FileRoomLimits } from './file-room.ts'
import { isLargeChunk, ReadTurns, STRETCH_BYTES } from './read-turns.ts'
import { REQUEST_ROOM_LIMITS, RequestRoom, type RequestRoomLimits } from './request-room.ts'
import { UnsentFiles } from './unsent-files.ts'

/** The data centre that a key exchange named. */
export type NamedDc = Pick<Extract<ServerOutput, { kind: 'keyMade' }>, 'dcId' | 'isTest'>

/** Finds authorization keys and keeps new ones. */
export interface KeyPort {
  /** Undefined if there is no such key; rejects if the store could not be asked. */
  find(authKeyId: bigint): Promise<ServerKey | undefined>
  /** Resolves once the key would survive a crash; false if its id is taken. */
  keep(key: ServerKey, named: NamedDc): Promise<boolean>
  /** Resolves once the key would not come back after a crash; false if there is no such key. */
  destroy(authKeyId: bigint): Promise<boolean>
}

/** A method to run, and the client that asked. `body` is the request's own copy. */
export interface GatewayRequest {
  readonly connection: ConnectionId
  readonly session: SessionRef
  readonly msgId: MsgId
  readonly body: Uint8Array
  /** The client's address. */
  readonly ip: string
  /** The data centre that the connection was made to; undefined if it is whichever the client names. */
  readonly dcId?: number | undefined
  /** Our address, as the client reached it. */
  readonly localIp: string
  /**
   * To be awaited before bytes of a file are read, with the most that the answer will have: it resolves once the client has
   * taken enough of what it was sent before. False: the client has gone, and nothing is to be read. Default: there is room.
   */
  readonly askRoom?: ((bytes: number) => Promise<boolean>) | undefined
  /** The memory for what is packed in the request. Default: there is enough. */
  readonly unpacking?: Unpacking | undefined
}

/** Takes memory for a request that is packed inside its wrappers. */
export interface Unpacking {
  /** To be awaited once, before the request is unpacked, with the most bytes that may come out. */
  begin(maxBytes: number): Promise<void>
  /** To be called once it is unpacked, with the bytes that stay. */
  end(bytes: number): void
}

/** The parts a driver works with. */
export interface DriverOptions {
  readonly machine: Machine<ServerInput, ServerOutput>
  readonly nowMs: () => number
  readonly keys: KeyPort
  /** Computes the large numbers of a key exchange. Never rejects; undefined if it cannot. */
  readonly compute: (task: ExchangeTask) => Promise<ExchangeResult | undefined>
  /** Seals or opens a packet. Never rejects; undefined if it cannot. */
  readonly cipher: (task: CipherTask) => Promise<CipherResult | undefined>
  /** Runs a request. Never rejects. */
  readonly run: (request: GatewayRequest) => Promise<Outcome>
  /** Told of each connection that has closed. */
  readonly onClosed?: ((connection: ConnectionId) => void) | undefined
  readonly logger: Logger
  readonly limits?: Partial<DriverLimits>
}

/** Limits of one connection. */
export interface DriverLimits {
  /** A connection is closed when more bytes than this wait for its slow reader. */
  readonly maxBufferedBytes: number
  /** Nothing more is read from a connection while more bytes than this wait for its slow reader. */
  readonly pauseAtBufferedBytes: number
  /** Of the requests that are here. */
  readonly requests: RequestRoomLimits
  /** Of the parts of files on their way to clients. */
  readonly files: FileRoomLimits
  /** A connection is closed after so long a silence. */
  readonly idleTimeoutMs: number
}

const DEFAULT_LIMITS: DriverLimits = {
  maxBufferedBytes: 16 * 1024 * 1024,
  pauseAtBufferedBytes: 1024 * 1024,
  requests: REQUEST_ROOM_LIMITS,
  files: FILE_ROOM_LIMITS,
  idleTimeoutMs: 15 * 60_000,
}
const FIND_KEY_RETRY_MS = 500
/** The longest delay that setTimeout takes. */
const MAX_TIMER_MS = 2 ** 31 - 1

class Connection {
  readonly channel: Channel
  readonly dcId: number | undefined
  readonly openedAtMs: number
  readonly onProven: () => void
  /** The key of its last request. */
  authKeyId: bigint | undefined
  /** It waits for its turn to read on. */
  isResting = false
  /** It reads so many bytes more before it waits for all others. */
  stretchBytes = 0
  /** A packet has ended in the bytes that it sent last. */
  hasEndedPacket = false
  /** Bytes of its packets that are being sealed. */
  sealingBytes = 0
  /** Bytes of its packet that is being opened. */
  openingBytes = 0
  /** It breaks in the middle of what is sent next. */
  isCutting = false

  constructor(channel: Channel, { dcId, onProven = () => undefined }: Arrival, openedAtMs: number) {
    this.channel = channel
    this.dcId = dcId
    this.onProven = onProven
    this.openedAtMs = openedAtMs
  }

  /** Bytes that wait for a slow reader, those that are still being sealed too. */
  get bufferedBytes(): number {
    return this.channel.bufferedBytes + this.sealingBytes
  }
}

/** Facts about a connection that the entrance knows. */
export interface Arrival {
  /** The data centre it was made to, if there are several. */
  readonly dcId?: number | undefined
  /** Called once the client has shown a key. */
  readonly onProven?: () => void
}

/** A connection, as the console shows it. */
export interface ShownConnection {
  readonly id: ConnectionId
  readonly ip: string
  readonly transport: 'tcp' | 'websocket' | 'http'
  /** Undefined if there is only one data centre. */
  readonly dcId: number | undefined
  readonly openedAtMs: number
  /** The key of its last request; undefined before the first. */
  readonly authKeyId: bigint | undefined
}

const TRANSPORTS = { detect: 'tcp', obfuscated: 'websocket', bare: 'http' } as const

/**
 * The only loop of the server. It tells the protocol machine what happens on connections, in the store and in the
 * handlers, and carries out the machine's outputs.
 */
export class Driver {
  readonly #options: DriverOptions
  readonly #limits: DriverLimits
  readonly #connections = new Map<ConnectionId, Connection>()
  readonly #open = new Set<Channel>()
  readonly #inputs: ServerInput[] = []
  readonly #readTurns = new ReadTurns()
  readonly #files: FileRoom
  readonly #unsent = new UnsentFiles()
  readonly #requests: RequestRoom
  /** Tasks in progress; each ends in an input. */
  #pending = 0
  #lastConnection = 0
  #stepping = false
  #closing = false
  #onAllClosed: () => void = () => {}
  #onAllDone: () => void = () => {}
  #timer: NodeJS.Timeout | undefined
  #timerAtMs: number | undefined

  constructor(options: DriverOptions) {
    this.#options = options
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.#requests = new RequestRoom(this.#limits.requests)
    this.#files = new FileRoom(this.#limits.files, {
      nowMs: options.nowMs,
      onStalled: (connection) => this.#cutStalled(connection),
    })
  }

  /**
   * Takes a connection over.
   */
  accept(channel: Channel, arrival: Arrival = {}): void {
    const connection = ++this.#lastConnection
    this.#connections.set(connection, new Connection(channel, arrival, this.#options.nowMs()))
    this.#open.add(channel)
    const network = networkOf(channel.ip)
    const { dcId } = arrival
    this.input({ kind: 'opened', connection, dcId, network, framing: channel.framing })
    const events = {
      onBytes: (chunk: Uint8Array) => {
        // The chunk may be freed by then.
        const [isLarge, bytes] = [isLargeChunk(chunk), chunk.length]
        const sender = this.#connections.get(connection)
        if (sender !== undefined) {
          sender.hasEndedPacket = false
          this.input({ kind: 'bytes', connection, chunk: plain(chunk) })
        }
        if (isLarge) this.#rest(connection, bytes)
      },
      onHeld: (bytes: number) => {
        if (this.#connections.has(connection)) this.input({ kind: 'held', connection, bytes })
      },
      onDrained: () => this.#regulate(connection),
      onClosed: () => {
        this.#open.delete(channel)
        if (this.#connections.delete(connection)) this.#noteClosed(connection)
        if (this.#open.size === 0) this.#onAllClosed()
      },
    }
    channel.open(events, this.#limits.idleTimeoutMs)
    if (this.#requests.isFull(connection)) channel.pause()
    if (this.#closing) this.#close(connection, 'leaving')
  }

  /** Tells whether a connection has not closed yet. */
  isOpen(connection: ConnectionId): boolean {
    return this.#connections.has(connection)
  }

  /** The open connections, the oldest first. */
  connections(): ShownConnection[] {
    return [...this.#connections].map(([id, { channel, dcId, openedAtMs, authKeyId }]) => {
      const transport = TRANSPORTS[channel.framing ?? 'detect']
      return { id, ip: channel.ip, transport, dcId, openedAtMs, authKeyId }
    })
  }

  /** Steps the machine. Inputs that arrive during a step wait until its outputs are carried out. */
  input(input: ServerInput): void {
    this.#inputs.push(input)
    if (this.#stepping) return
    this.#stepping = true
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
        for (const output of this.#options.machine.step(next, this.#options.nowMs())) this.#do(output)
        // The machine has deciphered or copied them, and keeps no view.
        if (next.kind === 'bytes') freeBytes(next.chunk)
      }
    } finally {
      this.#stepping = false
    }
    this.#setTimer()
  }

  /**
   * Reads nothing more, lets running requests finish and their answers leave, then closes every connection.
   * @param timeoutMs after which the remaining connections are cut off
   */
  async close(timeoutMs: number): Promise<void> {
    this.#closing = true
    const deadline = setTimeout(() => {
      for (const channel of this.#open) channel.destroy()
    }, timeoutMs)
    for (const { channel } of this.#connections.values()) channel.pause()
    await Promise.race([this.#settled(), new Promise((resolve) => setTimeout(resolve, timeoutMs).unref())])
    const allClosed = new Promise<void>((resolve) => {
      this.#onAllClosed = resolve
    })
    for (const connection of [...this.#connections.keys()]) this.#close(connection, 'leaving')
    if (this.#open.size > 0) await allClosed
    clearTimeout(deadline)
    clearTimeout(this.#timer)
  }

  async #settled(): Promise<void> {
    if (this.#pending === 0) return
    await new Promise<void>((resolve) => {
      this.#onAllDone = resolve
    })
  }

  #do(output: ServerOutput): void {
    switch (output.kind) {
      case 'send':
        this.#send(output.connection, output.chunk)
        if (output.sessionId !== undefined) this.#noteSent(output.sessionId, output.chunk.length)
        break
      case 'close':
        if (output.reason) this.#options.logger.debug({ reason: output.reason.code }, 'connection closed')
        this.#close(output.connection, 'fault')
        break
      case 'transportError':
        this.#connections.get(output.connection)?.channel.refuse(output.code)
        break
      case 'proven':
        this.#connections.get(output.connection)?.onProven()
        break
      case 'needKey':
        this.#track(this.#findKey(output.authKeyId))
        break
      case 'compute':
        this.#track(this.#compute(output.exchange, output.task))
        break
      case 'cipher':
        this.#track(this.#cipher(output))
        break
      case 'keyMade':
        this.#track(this.#keepKey(output))
        break
      case 'destroyKey':
        this.#track(this.#destroyKey(output.session))
        break
      case 'request':
        this.#track(this.#run(output))
        break
    }
  }

  #send(id: ConnectionId, chunk: Uint8Array): void {
    const connection = this.#connections.get(id)
    if (connection === undefined) return
    const { channel } = connection
    if (connection.isCutting) {
      this.#cut(id, channel, chunk)
      return
    }
    channel.write(chunk)
    if (channel.bufferedBytes > this.#limits.maxBufferedBytes) {
      this.#options.logger.info({ ip: channel.ip }, 'connection closed: it reads too slowly')
      channel.destroy()
      return
    }
    this.#regulate(id)
  }

  /** Sends half of what is left to send, and breaks the connection. Over HTTP an answer comes whole or not at all. */
  #cut(id: ConnectionId, channel: Channel, chunk: Uint8Array): void {
    if (channel.framing === 'bare') channel.destroy()
    else {
      channel.write(chunk.subarray(0, chunk.length >> 1))
      this.#close(id, 'fault')
    }
  }

  /** A request over HTTP has taken answers along: there may be room for more of the same session, asked for by others. */
  #noteSent(sessionId: bigint, bytes: number): void {
    for (const connection of this.#unsent.send(sessionId, bytes)) this.#files.look(connection)
  }

  #close(id: ConnectionId, why: 'fault' | 'leaving'): void {
    const connection = this.#connections.get(id)
    if (connection === undefined) return
    this.#connections.delete(id)
    connection.channel.end(why)
    this.#noteClosed(id)
  }

  #noteClosed(connection: ConnectionId): void {
    this.input({ kind: 'closed', connection })
    this.#files.close(connection)
    this.#unsent.close(connection)
    this.#requests.close(connection)
    this.#options.onClosed?.(connection)
  }

  /** A connection that sends much reads on in its next turn. Over HTTP the sender waits for answers anyway. */
  #rest(id: ConnectionId, bytes: number): void {
    const connection = this.#connections.get(id)
    if (connection === undefined || connection.isResting || connection.channel.framing === 'bare') return
    connection.isResting = true
    connection.channel.pause()
    // Else each connection would have the beginning of its next packet here.
    connection.stretchBytes = connection.hasEndedPacket ? 0 : connection.stretchBytes - bytes
    const goesOn = connection.stretchBytes > 0
    if (!goesOn) connection.stretchBytes = STRETCH_BYTES
    this.#readTurns.wait(() => {
      connection.isResting = false
      this.#regulate(id)
    }, goesOn)
  }

  /** Reads from a connection only while it takes its answers and does not ask for too much at once. */
  #regulate(id: ConnectionId): void {
    const connection = this.#connections.get(id)
    if (connection === undefined) return
    this.#files.look(id)
    if (this.#closing) return
    const { channel, isResting, openingBytes, bufferedBytes } = connection
    const isFull =
      isResting ||
      // The packets behind it would be kept in memory.
      openingBytes > 0 ||
      this.#requests.isFull(id) ||
      // Bytes of files have a limit of their own: behind them acknowledgements and pings are read.
      bufferedBytes - this.#files.unreadBytes(id) > this.#limits.pauseAtBufferedBytes
    if (isFull) channel.pause()
    else channel.resume()
  }

  async #findKey(authKeyId: bigint): Promise<void> {
    while (!this.#closing) {
      try {
        const key = await this.#options.keys.find(authKeyId)
        return this.input({ kind: 'key', authKeyId, key })
      } catch (error) {
        // Never answer "unknown": the peer would throw a good key away because of our trouble.
        this.#options.logger.error({ err: error }, 'auth key lookup failed; trying again')
        await new Promise((resolve) => setTimeout(resolve, FIND_KEY_RETRY_MS).unref())
      }
    }
  }

  async #compute(exchange: number, task: ExchangeTask): Promise<void> {
    const result = await this.#options.compute(task)
    this.input({ kind: 'computed', exchange, result })
  }

  async #cipher({ connection: id, job, task }: Extract<ServerOutput, { kind: 'cipher' }>): Promise<void> {
    const connection = this.#connections.get(id)
    const counted = task.kind === 'seal' ? 'sealingBytes' : 'openingBytes'
    // Of a packet that was given to another thread nothing is here.
    const bytes = task.packet.length
    if (connection !== undefined) {
      connection[counted] += bytes
      if (task.kind === 'open') connection.hasEndedPacket = true
    }
    this.#regulate(id)
    const result = await this.#options.cipher(task)
    if (connection !== undefined) connection[counted] -= bytes
    this.input({ kind: 'ciphered', connection: id, job, result })
    this.#regulate(id)
  }

  async #destroyKey(session: SessionRef): Promise<void> {
    try {
      const outcome = (await this.#options.keys.destroy(session.authKeyId)) ? 'ok' : 'none'
      this.input({ kind: 'keyDestroyed', session, outcome })
    } catch (error) {
      this.#options.logger.error({ err: error }, 'auth key not destroyed')
      this.input({ kind: 'keyDestroyed', session, outcome: 'fail' })
    }
  }

  async #keepKey({
    exchange,
    connection,
    key,
    ...named
  }: Extract<ServerOutput, { kind: 'keyMade' }>): Promise<void> {
    try {
      const kept = await this.#options.keys.keep(key, named)
      this.input({ kind: 'keyKept', exchange, kept })
    } catch (error) {
      this.#options.logger.error({ err: error }, 'auth key not stored')
      // dh_gen_fail would end the login of most clients, while the database may be back in a second. They connect again.
      this.#connections.get(connection)?.channel.destroy()
    }
  }

  async #run(output: Extract<ServerOutput, { kind: 'request' }>): Promise<void> {
    const { connection: id, session, msgId } = output
    const connection = this.#connections.get(id)
    const { ip, localIp } = connection?.channel ?? { ip: '', localIp: '' }
    const dcId = connection?.dcId
    if (connection !== undefined) {
      connection.authKeyId = session.authKeyId
      connection.hasEndedPacket = true
    }
    const body = ownBytes(output.body)
    const turn = this.#enter(id, () => this.#requests.enter(id, body.length))
    if (turn !== undefined) await turn
    let promisedBytes = 0
    let unpackedBytes = 0
    const unpacking: Unpacking = {
      begin: async (maxBytes) => {
        const room = this.#enter(id, () => this.#requests.unpack(id, maxBytes))
        if (room !== undefined) await room
        unpackedBytes = maxBytes
      },
      end: (bytes) => {
        this.#requests.keepUnpacked(id, unpackedBytes - bytes)
        unpackedBytes = bytes
        this.#regulate(id)
      },
    }
    const askRoom = async (bytes: number): Promise<boolean> => {
      // A connection that has closed is not looked at again.
      if (connection === undefined || this.#connections.get(id) !== connection) return false
      const asked = this.#files.ask(id, this.#bufferOf(id, connection, session), bytes)
      const hasRoom =
        asked === true || (await this.#parked(id, { bodyBytes: body.length, unpackedBytes }, asked))
      if (hasRoom) promisedBytes += bytes
      return hasRoom
    }
    const outcome = await this.#options.run({
      connection: id,
      session,
      msgId,
      body,
      ip,
      localIp,
      dcId,
      askRoom,
      unpacking,
    })
    const freed = this.#requests.leave(id, body.length, unpackedBytes)
    const fileBytes = outcome.kind === 'answered' && outcome.isFile === true ? bodyBytes(outcome) : 0
    if (fileBytes > 0) this.#unsent.make(session.sessionId, fileBytes)
    if (outcome.kind === 'answered') {
      if (connection !== undefined && outcome.isCut === true) connection.isCutting = true
      const { body: answered, rest, isFile } = outcome
      this.input({ kind: 'answer', session, msgId, body: answered, isFile, rest })
      // A packet that is still being sealed is sent later, and breaks then.
      if (connection?.sealingBytes === 0) connection.isCutting = false
      outcome.onSent?.()
    } else this.#withhold(output, outcome.wasRun, outcome.instead)
    if (promisedBytes > 0) this.#files.free(id, promisedBytes, fileBytes)
    freeRequest(body)
    this.#regulate(id)
    for (const other of freed) this.#regulate(other)
  }

  /** Reads no more from whomever a request that comes in concerns. */
  #enter(id: ConnectionId, enter: () => Promise<void> | undefined): Promise<void> | undefined {
    const before = this.#requests.crowding
    const turn = enter()
    if (this.#requests.crowding === before) this.#regulate(id)
    else for (const other of this.#connections.keys()) this.#regulate(other)
    return turn
  }

  /** Has a request wait for its client, and takes no room from others meanwhile. */
  async #parked(
    id: ConnectionId,
    { bodyBytes, unpackedBytes }: { readonly bodyBytes: number; readonly unpackedBytes: number },
    asked: Promise<boolean>,
  ): Promise<boolean> {
    const freed = this.#requests.park(id, bodyBytes, unpackedBytes)
    this.#regulate(id)
    for (const other of freed) this.#regulate(other)
    const hasRoom = await asked
    const turn = this.#enter(id, () => this.#requests.unpark(id, bodyBytes, unpackedBytes))
    if (turn !== undefined) await turn
    return hasRoom
  }

  #cutStalled(id: ConnectionId): void {
    const channel = this.#connections.get(id)?.channel
    this.#options.logger.info(
      { ip: channel?.ip },
      'connection closed: it takes no parts of files, and others wait',
    )
    channel?.destroy()
  }

  /** What waits for a client: over HTTP, also what waits for a request that takes it along. */
  #bufferOf(
    id: ConnectionId,
    connection: Connection,
    { sessionId }: SessionRef,
  ): Pick<Channel, 'bufferedBytes'> {
    const { channel } = connection
    if (channel.framing !== 'bare') return connection
    const unsent = this.#unsent
    unsent.ask(id, sessionId)
    return {
      get bufferedBytes() {
        return channel.bufferedBytes + unsent.bytesFor(id)
      },
    }
  }

  #withhold(
    { connection: id, session, msgId }: Extract<ServerOutput, { kind: 'request' }>,
    wasRun: boolean,
    instead: Instead | undefined,
  ): void {
    // First: over HTTP the acknowledgement of the request would answer it, and nothing would be lost with the connection.
    if (instead?.kind === 'close') this.#connections.get(id)?.channel.destroy()
    this.input({ kind: 'withhold', session, msgId, wasRun, asBadSalt: instead?.kind === 'badSalt' })
    if (instead?.kind !== 'transportError') return
    this.input({ kind: 'sendTransportError', connection: id, code: instead.code })
  }

  #track(work: Promise<void>): void {
    this.#pending += 1
    work.then(this.#onDone, this.#onFailed)
  }

  readonly #onDone = (): void => {
    this.#pending -= 1
    if (this.#pending === 0) this.#onAllDone()
  }

  readonly #onFailed = (error: unknown): void => {
    this.#options.logger.error({ err: error }, 'gateway failure')
    this.#onDone()
  }

  #setTimer(): void {
    const wakeAtMs = this.#options.machine.wakeAtMs
    // A timer that ends too early wakes the machine for nothing, a few times a second. Moving it with each packet costs more.
    if (wakeAtMs !== undefined && this.#timerAtMs !== undefined && wakeAtMs >= this.#timerAtMs) return
    clearTimeout(this.#timer)
    this.#timerAtMs = wakeAtMs
    if (wakeAtMs === undefined || this.#closing) return
    const delayMs = Math.min(Math.max(wakeAtMs - this.#options.nowMs(), 0), MAX_TIMER_MS)
    this.#timer = setTimeout(() => {
      this.#timerAtMs = undefined
      this.input({ kind: 'wake' })
    }, delayMs)
  }
}

/** The bytes themselves if they are most of what their memory holds, and else a copy: a small request does not keep a large packet. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.length * 2 > bytes.buffer.byteLength ? bytes : new Uint8Array(bytes)
}

/** Frees a large request that was answered, with the packet that it came in: handlers and session keep copies of what they need. */
function freeRequest(body: Uint8Array): void {
  if (body.length >= FREED_BYTES) freeBytes(new Uint8Array(body.buffer))
}

/** Node's Buffer has a `slice` that does not copy: the machine, which copies what it keeps, must not get one. */
function plain({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length)
}

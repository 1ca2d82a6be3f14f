import type { Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import type { Logger } from 'pino'
import { machineTimer, type StartTimer } from '../ground/clock.ts'
import { type Addresses, addressesOf } from './channel.ts'
import { type FakeTls, FakeTlsChannel } from './fake-tls.ts'
import { chooseDoor, readHead } from './first-bytes.ts'
import { HttpDoor, type HttpDoorOptions, type Origin } from './http-door.ts'
import { readProxyHeader } from './proxy-header.ts'
import { SocketChannel } from './socket-channel.ts'
import type { Strangers } from './strangers.ts'

/** Options of an entrance. */
export interface EntranceOptions extends HttpDoorOptions {
  /** The certificate for clients that come with TLS; without it nobody can. */
  readonly tls: SecureContext | undefined
  /** Recognises MTProxy clients that imitate TLS; without it nobody can. */
  readonly fakeTls?: FakeTls | undefined
  /** Every connection must begin with a PROXY header; without this option none may. */
  readonly proxyProtocol: boolean
  /** Counts the connections that have not shown a key. */
  readonly strangers: Strangers
  readonly logger: Logger
  /** A connection may be silent for so long. Default a minute, because some clients connect ahead of need. */
  readonly enterTimeoutMs?: number
  /** A connection that has begun a header, or TLS, must finish it within this time. Default 10 s. */
  readonly headTimeoutMs?: number
  readonly startTimer?: StartTimer
}

const ENTER_TIMEOUT_MS = 60_000
const HEAD_TIMEOUT_MS = 10_000

/** Finds out what a new connection speaks, by its first bytes, and passes it on. */
export class Entrance {
  readonly #options: EntranceOptions
  readonly #http: HttpDoor
  readonly #entering = new Set<Socket>()

  constructor(options: EntranceOptions) {
    this.#options = options
    this.#http = new HttpDoor(options)
  }

  /** Takes a connection over. */
  async accept(socket: Socket, dcId: number | undefined): Promise<void> {
    const deadline = new Deadline(this.#options, () => socket.destroy())
    const leave = () => void this.#entering.delete(socket)
    this.#entering.add(socket)
    socket.on('close', leave)
    try {
      const addresses = await this.#addressesOf(socket, deadline)
      const stranger = this.#options.strangers.enter(addresses.ip, () => socket.destroy())
      socket.on('close', stranger.leave)
      const origin = { addresses, dcId, onProven: stranger.leave }
      await this.#enter(socket, origin, this.#options, deadline)
    } catch (error) {
      this.#options.logger.debug({ err: error }, 'connection closed before it showed what it is')
      socket.destroy()
    } finally {
      deadline.clear()
      leave()
      socket.off('close', leave)
    }
  }

  /** Closes the connections that have not shown what they speak. */
  stop(): void {
    for (const socket of this.#entering) socket.destroy()
  }

  /** Closes the rest: HTTP connections between requests. */
  close(): void {
    this.#http.close()
  }

  /** A balancer's header says who is behind it. With LOCAL the balancer speaks for itself. */
  async #addressesOf(socket: Socket, deadline: Deadline): Promise<Addresses> {
    const own = addressesOf(socket)
    socket.on('error', () => undefined)
    if (!this.#options.proxyProtocol) return own
    const find = (head: Buffer) => {
      const value = readProxyHeader(head)
      return value && { value, length: value.length }
    }
    const header = await deadline.during((onBegun) => readHead(socket, find, onBegun))
    return header.addresses ?? own
  }

  /** @param tls undefined inside TLS, which is opened only once, and imitated nowhere */
  async #enter(
    socket: Socket,
    origin: Origin,
    { tls, fakeTls }: Pick<EntranceOptions, 'tls' | 'fakeTls'>,
    deadline: Deadline,
  ): Promise<void> {
    const find = (head: Buffer) => {
      const value = chooseDoor(head, tls !== undefined || fakeTls?.isOn === true)
      return value && { value, length: 0 }
    }
    const door = await deadline.during((onBegun) => readHead(socket, find, onBegun))
    if (door === 'http') this.#http.enter(socket, origin)
    else if (door === 'mtproto') {
      this.#options.onChannel(new SocketChannel(socket, origin.addresses), origin)
    } else if (fakeTls?.isOn !== true || !(await this.#enterFakeTls(socket, origin, fakeTls, deadline))) {
      if (!tls) throw new Error('a ClientHello that no MTProxy secret has signed')
      await this.#enterTls(socket, origin, tls, deadline)
    }
  }

  /** @returns false for a ClientHello of somebody else, which can be read again */
  async #enterFakeTls(
    socket: Socket,
    origin: Origin,
    fakeTls: FakeTls,
    deadline: Deadline,
  ): Promise<boolean> {
    const { answer } = await deadline.during((onBegun) =>
      readHead(socket, (head) => fakeTls.read(head), onBegun),
    )
    if (answer === undefined) return false
    socket.write(answer)
    this.#options.onChannel(new FakeTlsChannel(socket, origin.addresses), origin)
    return true
  }

  async #enterTls(
    socket: Socket,
    origin: Origin,
    secureContext: SecureContext,
    deadline: Deadline,
  ): Promise<void> {
    const secure = new TLSSocket(socket, { isServer: true, secureContext })
    secure.on('error', () => secure.destroy())
    await deadline.during(async (onBegun) => {
      onBegun()
      await isSecure(secure)
    })
    await this.#enter(secure, origin, { tls: undefined }, deadline)
  }
}

/** Resolves when the handshake is done; rejects if the connection ends before. */
function isSecure(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(new Error('the connection was closed'))
    socket.once('close', onClose)
    socket.once('secure', () => {
      socket.off('close', onClose)
      resolve()
    })
  })
}

/** The time a connection has to show what it is: long while it is silent, short once it has begun something. */
class Deadline {
  readonly #startTimer: StartTimer
  readonly #headTimeoutMs: number
  readonly #onEnd: () => void
  readonly #cancelSilence: () => void
  #cancelHead: () => void = () => undefined

  constructor(
    {
      startTimer = machineTimer,
      enterTimeoutMs = ENTER_TIMEOUT_MS,
      headTimeoutMs = HEAD_TIMEOUT_MS,
    }: EntranceOptions,
    onEnd: () => void,
  ) {
    this.#startTimer = startTimer
    this.#headTimeoutMs = headTimeoutMs
    this.#onEnd = onEnd
    this.#cancelSilence = startTimer(onEnd, enterTimeoutMs)
  }

  /** Waits for something that must be finished soon once it has begun. */
  async during<T>(run: (onBegun: () => void) => Promise<T>): Promise<T> {
    try {
      return await run(() => {
        this.#cancelHead = this.#startTimer(this.#onEnd, this.#headTimeoutMs)
      })
    } finally {
      this.#cancelHead()
    }
  }

  clear(): void {
    this.#cancelSilence()
    this.#cancelHead()
  }
}

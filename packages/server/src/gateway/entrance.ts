import type { Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import type { Logger } from 'pino'
import { type Addresses, addressesOf } from './channel.ts'
import { chooseDoor, readHead } from './first-bytes.ts'
import { HttpDoor, type HttpDoorOptions, type Origin } from './http-door.ts'
import { readProxyHeader } from './proxy-header.ts'
import { SocketChannel } from './socket-channel.ts'

/** What an entrance lets in, and where it leads. */
export interface EntranceOptions extends HttpDoorOptions {
  /** The certificate of those who come with TLS; without it nobody can. */
  readonly tls: SecureContext | undefined
  /** Every connection begins with a PROXY header; without this none may. */
  readonly proxyProtocol: boolean
  readonly logger: Logger
  /** How long a connection may take to show what it is. Default a minute: some clients connect ahead of need. */
  readonly enterTimeoutMs?: number
}

const ENTER_TIMEOUT_MS = 60_000

/** Tells what speaks on a new connection by its first bytes, and takes it where it belongs. */
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
    const { enterTimeoutMs = ENTER_TIMEOUT_MS, logger } = this.#options
    const leave = () => void this.#entering.delete(socket)
    const timer = setTimeout(() => socket.destroy(), enterTimeoutMs)
    this.#entering.add(socket)
    socket.on('close', leave)
    try {
      const addresses = await this.#addressesOf(socket)
      await this.#enter(socket, { addresses, dcId }, this.#options.tls)
    } catch (error) {
      logger.debug({ err: error }, 'connection closed before it showed what it is')
      socket.destroy()
    } finally {
      clearTimeout(timer)
      leave()
      socket.off('close', leave)
    }
  }

  /** Lets nobody in any more who has not shown what they are. */
  stop(): void {
    for (const socket of this.#entering) socket.destroy()
  }

  /** Closes what is left: HTTP connections between requests. */
  close(): void {
    this.#http.close()
  }

  /** A balancer's header says who is behind it; LOCAL is the balancer itself. */
  async #addressesOf(socket: Socket): Promise<Addresses> {
    const own = addressesOf(socket)
    socket.on('error', () => undefined)
    if (!this.#options.proxyProtocol) return own
    const header = await readHead(socket, (head) => {
      const value = readProxyHeader(head)
      return value && { value, length: value.length }
    })
    return header.addresses ?? own
  }

  /** @param tls undefined inside TLS: once is enough */
  async #enter(socket: Socket, origin: Origin, tls: SecureContext | undefined): Promise<void> {
    const door = await readHead(socket, (head) => {
      const value = chooseDoor(head, tls !== undefined)
      return value && { value, length: 0 }
    })
    if (door === 'http') this.#http.enter(socket, origin)
    else if (door === 'mtproto')
      this.#options.onChannel(new SocketChannel(socket, origin.addresses), origin.dcId)
    else if (tls) await this.#enterTls(socket, origin, tls)
  }

  async #enterTls(socket: Socket, origin: Origin, secureContext: SecureContext): Promise<void> {
    const secure = new TLSSocket(socket, { isServer: true, secureContext })
    secure.on('error', () => secure.destroy())
    await this.#enter(secure, origin, undefined)
  }
}

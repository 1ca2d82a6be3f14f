import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Addresses, Channel } from './channel.ts'
import { HttpChannel } from './http-channel.ts'
import { WebSocketUpgrade } from './web-socket.ts'

/** Takes a client's connection, and the data centre it was made to. */
export type OnChannel = (channel: Channel, dcId: number | undefined) => void

/** What is known of a connection from before its first bytes. */
export interface Origin {
  readonly addresses: Addresses
  /** Undefined where there is one data centre. */
  readonly dcId: number | undefined
}

/** What the door for HTTP leads to. */
export interface HttpDoorOptions {
  readonly onChannel: OnChannel
  /** What to tell whoever is at the wrong address: one line. */
  readonly hint: () => string
  readonly timeouts?: HttpTimeouts
}

/** How long parts of a request may take. */
export interface HttpTimeouts {
  readonly headMs: number
  readonly requestMs: number
  /** Between requests: longer than a client that listens is silent. */
  readonly idleMs: number
  readonly checkMs: number
}

const TIMEOUTS: HttpTimeouts = { headMs: 10_000, requestMs: 30_000, idleMs: 75_000, checkMs: 5_000 }

const WEB_SOCKET_PATHS: ReadonlySet<string> = new Set(['/apiws', '/apiws_test'])
/** The second list is for browsers; an old client of Telegram's for them has the ones with a digit. */
const POST_PATHS: ReadonlySet<string> = new Set(['/api', '/api_test'])
const CORS_PATHS: ReadonlySet<string> = new Set(['/apiw', '/apiw_test', '/apiw1', '/apiw_test1'])
/** Whoever has no key learns nothing here, so that pages of every origin may ask, as at Telegram. */
const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, OPTIONS',
  'access-control-allow-headers': 'content-type',
  'access-control-max-age': '86400',
} as const

/** Connections that speak HTTP: requests with a payload each, and WebSockets. */
export class HttpDoor {
  readonly #options: HttpDoorOptions
  readonly #server: Server
  readonly #upgrade = new WebSocketUpgrade()
  readonly #origins = new WeakMap<Duplex, Origin>()
  readonly #channels = new WeakMap<Socket, HttpChannel>()

  constructor(options: HttpDoorOptions) {
    this.#options = options
    const { headMs, requestMs, idleMs, checkMs } = options.timeouts ?? TIMEOUTS
    this.#server = createServer(
      {
        maxHeaderSize: 16 * 1024,
        headersTimeout: headMs,
        requestTimeout: requestMs,
        connectionsCheckingInterval: checkMs,
        keepAliveTimeout: idleMs,
      },
      (request, response) => this.#onRequest(request, response),
    )
    this.#server.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head))
    // It listens to nothing itself; only with this does it look after its time-outs.
    this.#server.emit('listening')
  }

  /** Takes over a connection whose first bytes are still to be read. */
  enter(socket: Socket, origin: Origin): void {
    this.#origins.set(socket, origin)
    this.#server.emit('connection', socket)
    socket.resume()
  }

  /** Closes the connections that are not WebSockets. */
  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const path = pathOf(request)
    const hasCors = CORS_PATHS.has(path)
    if (hasCors) for (const [name, value] of Object.entries(CORS_HEADERS)) response.setHeader(name, value)
    if (WEB_SOCKET_PATHS.has(path)) {
      say(response, 426, 'This is for WebSockets.', { upgrade: 'websocket' })
    } else if (!hasCors && !POST_PATHS.has(path)) {
      say(response, 404, `There is nothing here. ${this.#options.hint()}`)
    } else if (request.method === 'POST') {
      void this.#channelOf(request)?.receive(request, response)
    } else if (request.method === 'OPTIONS' && hasCors) {
      response.writeHead(204).end()
    } else {
      say(response, 405, 'This takes the packets of MTProto clients, by POST.', { allow: 'POST' })
    }
  }

  #channelOf({ socket }: IncomingMessage): HttpChannel | undefined {
    const known = this.#channels.get(socket)
    const origin = this.#origins.get(socket)
    if (known || !origin) return known
    const channel = new HttpChannel(socket, origin.addresses)
    this.#channels.set(socket, channel)
    this.#options.onChannel(channel, origin.dcId)
    return channel
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const origin = this.#origins.get(socket)
    if (!origin || !WEB_SOCKET_PATHS.has(pathOf(request))) {
      refuseUpgrade(socket, '404 Not Found', `There is nothing here. ${this.#options.hint()}`)
    } else if (!this.#upgrade.isOffered(request)) {
      refuseUpgrade(socket, '400 Bad Request', 'Offer the subprotocol binary.')
    } else {
      const { addresses, dcId } = origin
      const onChannel = (channel: Channel) => this.#options.onChannel(channel, dcId)
      this.#upgrade.accept(request, socket, head, addresses, onChannel)
    }
  }
}

/** Without the query; clients behind an HTTP proxy send a whole URL. */
function pathOf({ url = '' }: IncomingMessage): string {
  return URL.canParse(url, 'http://localhost') ? new URL(url, 'http://localhost').pathname : ''
}

function say(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close', ...headers })
    .end(`${text}\n`)
}

function refuseUpgrade(socket: Duplex, status: string, text: string): void {
  const body = `${text}\n`
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n`
  socket.on('error', () => undefined)
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
}

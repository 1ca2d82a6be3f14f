import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Addresses, Channel } from './channel.ts'
import { HttpChannel } from './http-channel.ts'
import { acceptWebSocket, checkUpgrade } from './web-socket.ts'

/** Takes a client's connection over. */
export type OnChannel = (channel: Channel, origin: Origin) => void

/** Facts about a connection from before its first bytes. */
export interface Origin {
  readonly addresses: Addresses
  /** The data centre it was made to. Undefined if there is only one. */
  readonly dcId: number | undefined
  /** To be called once the client has shown a key. */
  readonly onProven: () => void
}

/** Options of the door for HTTP. */
export interface HttpDoorOptions {
  readonly onChannel: OnChannel
  /** One line for visitors who are at the wrong address. */
  readonly hint: () => string
  readonly timeouts?: HttpTimeouts
}

/** Times that parts of a request may take. */
export interface HttpTimeouts {
  readonly headMs: number
  readonly requestMs: number
  /** The longest silence between requests. A client that waits for news is silent for less. */
  readonly idleMs: number
  /** The interval at which Node looks for requests that are late: it adds to the two above. */
  readonly checkMs: number
}

const TIMEOUTS: HttpTimeouts = { headMs: 10_000, requestMs: 30_000, idleMs: 75_000, checkMs: 1_000 }
/** Real requests have some twenty lines in a kilobyte. Node keeps an unfinished head, in pieces, for each connection. */
const MAX_HEAD_BYTES = 8 * 1024
const MAX_HEAD_LINES = 100
/**
 * Requests that one connection may bring in a turn of the event loop. Real clients wait for answers; of short requests
 * sent ahead, Node would take 50,000 from each connection before it comes to anything else.
 */
const MAX_TURN_REQUESTS = 16

/** Web clients use the `premium` ones for the files of premium accounts. */
const WEB_SOCKET_PATHS: ReadonlySet<string> = new Set([
  '/apiws',
  '/apiws_test',
  '/apiws_premium',
  '/apiws_test_premium',
])
/** The second list is for browsers: Telegram Web K uses the paths without a digit, Web A and older clients the others. */
const POST_PATHS: ReadonlySet<string> = new Set(['/api', '/api_test'])
const CORS_PATHS: ReadonlySet<string> = new Set([
  '/apiw',
  '/apiw_test',
  '/apiw_test1',
  '/apiw1',
  '/apiw1_test',
  '/apiw1_premium',
  '/apiw1_test_premium',
])
/** Without a key nobody learns anything here, so pages of every origin may ask, as at Telegram. */
const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, OPTIONS',
  'access-control-allow-headers': 'content-type',
  'access-control-max-age': '86400',
} as const

/** Connections that speak HTTP: POST requests with a packet each, and WebSockets. */
export class HttpDoor {
  readonly #options: HttpDoorOptions
  readonly #server: Server
  readonly #origins = new WeakMap<Socket, Origin>()
  readonly #channels = new WeakMap<Socket, HttpChannel>()
  /** Requests of this turn of the event loop, by connection. */
  readonly #turnRequests = new Map<Socket, number>()

  constructor(options: HttpDoorOptions) {
    this.#options = options
    const { headMs, requestMs, idleMs, checkMs } = options.timeouts ?? TIMEOUTS
    this.#server = createServer(
      {
        maxHeaderSize: MAX_HEAD_BYTES,
        headersTimeout: headMs,
        requestTimeout: requestMs,
        connectionsCheckingInterval: checkMs,
        keepAliveTimeout: idleMs,
      },
      (request, response) => this.#onRequest(request, response),
    )
    this.#server.maxHeadersCount = MAX_HEAD_LINES
    this.#server.on('upgrade', (request, _socket, head) => this.#onUpgrade(request, head))
    // The server listens to nothing itself, and checks its time-outs only after this.
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
    if (!this.#isInTurn(request.socket)) {
      request.socket.destroy()
      return
    }
    const path = pathOf(request)
    const hasCors = CORS_PATHS.has(path)
    if (hasCors) for (const [name, value] of Object.entries(CORS_HEADERS)) response.setHeader(name, value)
    if (WEB_SOCKET_PATHS.has(path)) {
      say(response, 426, 'This is for WebSockets.', { upgrade: 'websocket' })
    } else if (!hasCors && !POST_PATHS.has(path)) {
      say(response, 404, `There is nothing here. ${this.#options.hint()}`)
    } else if (request.method === 'POST') {
      this.#channelOf(request)?.receive(request, response)
    } else if (request.method === 'OPTIONS' && hasCors) {
      response.writeHead(204).end()
    } else {
      say(response, 405, 'This takes the packets of MTProto clients, by POST.', { allow: 'POST' })
    }
  }

  #isInTurn(socket: Socket): boolean {
    if (socket.destroyed) return false
    if (this.#turnRequests.size === 0) setImmediate(() => this.#turnRequests.clear())
    const requests = (this.#turnRequests.get(socket) ?? 0) + 1
    this.#turnRequests.set(socket, requests)
    return requests <= MAX_TURN_REQUESTS
  }

  #channelOf({ socket }: IncomingMessage): HttpChannel | undefined {
    const known = this.#channels.get(socket)
    const origin = this.#origins.get(socket)
    if (known || !origin) return known
    const channel = new HttpChannel(socket, origin.addresses)
    this.#channels.set(socket, channel)
    this.#options.onChannel(channel, origin)
    return channel
  }

  #onUpgrade(request: IncomingMessage, head: Buffer): void {
    const { socket } = request
    const origin = this.#origins.get(socket)
    const problem = checkUpgrade(request)
    if (!origin || !WEB_SOCKET_PATHS.has(pathOf(request))) {
      refuseUpgrade(socket, '404 Not Found', `There is nothing here. ${this.#options.hint()}`)
    } else if (problem) {
      refuseUpgrade(socket, problem.status, problem.text)
    } else {
      this.#options.onChannel(acceptWebSocket(request, socket, head, origin.addresses), origin)
    }
  }
}

/** The path without its query. Clients behind an HTTP proxy send a whole URL. */
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

function refuseUpgrade(socket: Socket, status: string, text: string): void {
  const body = `${text}\n`
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n`
  socket.on('error', () => undefined)
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
}

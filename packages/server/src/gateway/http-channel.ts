import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { GrowingBytes } from '@cablegram/tl'
import { type Addresses, type Channel, type ChannelEvents, CLOSE_TIMEOUT_MS } from './channel.ts'

/** A request whose body is here. */
interface Post {
  readonly response: ServerResponse
  readonly body: Uint8Array
}

/** As long as the longest frame of the other transports. */
const MAX_BODY_BYTES = 4 * 1024 * 1024
/** Requests that may be sent ahead of the answers to earlier ones. */
const MAX_PIPELINED = 4
const CONTENT_TOO_LARGE = 413
/** A body of more pieces than this, short ones, is an attack: each takes Node microseconds, and six bytes to send. */
const MAX_SHORT_PIECES = 4096
const SHORT_PIECE_BYTES = 16
/** Not 404, which would say that the key is unknown. */
const END_STATUS = { fault: 400, leaving: 503 } as const

/**
 * The requests of one HTTP connection. The machine gets the body of each as it is, and the machine's next bytes are the
 * body of the answer.
 */
export class HttpChannel implements Channel {
  readonly framing = 'bare'
  readonly ip: string
  readonly localIp: string
  readonly #socket: Socket
  /** Requests that wait for their turn. */
  readonly #waiting: Post[] = []
  /** Bodies that are being read: Node may begin the next request before it says that the last one has ended. */
  readonly #reading = new Set<GrowingBytes>()
  /** The request that the machine has, and has not answered. */
  #asked: ServerResponse | undefined
  #events: ChannelEvents | undefined
  #heldBytes = 0
  #isPaused = false

  constructor(socket: Socket, { ip, localIp }: Addresses) {
    this.#socket = socket
    this.ip = ip
    this.localIp = localIp
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength
  }

  /** Node's HTTP server has the time-outs. */
  open(events: ChannelEvents): void {
    this.#events = events
    this.#socket.on('drain', events.onDrained)
    this.#socket.on('close', events.onClosed)
  }

  /** Takes a request. The machine gets its body after those of earlier requests, unless the body is too long. */
  receive(request: IncomingMessage, response: ServerResponse): void {
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
      refuse(response, CONTENT_TOO_LARGE)
      return
    }
    const body = new GrowingBytes(MAX_BODY_BYTES)
    this.#reading.add(body)
    let pieces = 0
    request.on('error', () => undefined)
    request.on('data', (chunk: Buffer) => {
      if (!this.#reading.has(body)) return
      pieces += 1
      if (pieces > MAX_SHORT_PIECES && body.length < pieces * SHORT_PIECE_BYTES) this.destroy()
      if (!body.add(chunk)) {
        this.#reading.delete(body)
        refuse(response, CONTENT_TOO_LARGE)
      }
      this.#tellHeld()
    })
    request.on('end', () => {
      if (this.#reading.delete(body)) this.#onBody(response, body.take())
    })
    // Without an end before it: the peer has gone.
    request.on('close', () => {
      if (!this.#reading.delete(body)) return
      body.drop()
      this.#tellHeld()
    })
  }

  write(chunk: Uint8Array): void {
    const response = this.#takeAsked()
    response?.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': chunk.length,
    })
    response?.end(chunk)
    this.#next()
  }

  refuse(code: number): void {
    const response = this.#takeAsked()
    if (response) refuse(response, -code)
    this.#next()
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#next()
  }

  end(why: 'fault' | 'leaving'): void {
    this.#events = undefined
    for (const body of this.#reading) body.drop()
    this.#reading.clear()
    const asked = this.#takeAsked()
    if (asked) refuse(asked, END_STATUS[why])
    for (const { response } of this.#waiting.splice(0)) refuse(response, END_STATUS[why])
    this.#socket.setTimeout(CLOSE_TIMEOUT_MS, () => this.#socket.destroy())
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #onBody(response: ServerResponse, body: Uint8Array): void {
    if (this.#waiting.length + (this.#asked ? 1 : 0) >= MAX_PIPELINED) {
      this.destroy()
      return
    }
    this.#waiting.push({ response, body })
    this.#next()
    this.#tellHeld()
  }

  #next(): void {
    const events = this.#events
    if (this.#isPaused || this.#asked || !events) return
    const post = this.#waiting.shift()
    if (!post) return
    this.#asked = post.response
    events.onBytes(post.body)
    this.#tellHeld()
  }

  #takeAsked(): ServerResponse | undefined {
    const asked = this.#asked
    this.#asked = undefined
    return asked
  }

  #tellHeld(): void {
    let heldBytes = 0
    for (const { body } of this.#waiting) heldBytes += body.length
    for (const { capacity } of this.#reading) heldBytes += capacity
    if (heldBytes === this.#heldBytes) return
    this.#heldBytes = heldBytes
    this.#events?.onHeld(heldBytes)
  }
}

/** Refuses a request without waiting for the rest of its body. */
function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { connection: 'close', 'content-length': 0 })
  response.end()
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Addresses, type Channel, type ChannelEvents, CLOSE_TIMEOUT_MS } from './channel.ts'

/** A request with its body. */
interface Post {
  readonly response: ServerResponse
  readonly body: Uint8Array
}

/** As long as the longest frame of the other transports. */
const MAX_BODY_BYTES = 4 * 1024 * 1024
/** Requests sent ahead of the answers to those before. */
const MAX_PIPELINED = 4
const CONTENT_TOO_LARGE = 413
/** Not 404: that would say that the key is unknown. */
const END_STATUS = { fault: 400, leaving: 503 } as const

/**
 * The requests of one HTTP connection: the body of each goes to the machine as it is, and the machine's next bytes are
 * the body of its answer.
 */
export class HttpChannel implements Channel {
  readonly framing = 'bare'
  readonly ip: string
  readonly localIp: string
  readonly #socket: Socket
  readonly #posts: Post[] = []
  #events: ChannelEvents | undefined
  #isPaused = false
  /** The first of the posts is with the machine. */
  #isAsked = false

  constructor(socket: Socket, { ip, localIp }: Addresses) {
    this.#socket = socket
    this.ip = ip
    this.localIp = localIp
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength
  }

  /** Time-outs are those of Node's HTTP server. */
  open(events: ChannelEvents): void {
    this.#events = events
    this.#socket.on('drain', events.onDrained)
    this.#socket.on('close', events.onClosed)
  }

  /** Takes a request: its body, if that is not too long, goes to the machine after those before it. */
  async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request)
    if (body === 'tooLong') return refuse(response, CONTENT_TOO_LARGE)
    if (body === undefined) return
    if (this.#posts.length >= MAX_PIPELINED) return this.destroy()
    this.#posts.push({ response, body })
    this.#next()
  }

  write(chunk: Uint8Array): void {
    const post = this.#take()
    post?.response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': chunk.length,
    })
    post?.response.end(chunk)
    this.#next()
  }

  refuse(code: number): void {
    const post = this.#take()
    if (post) refuse(post.response, -code)
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
    for (const { response } of this.#posts.splice(0)) refuse(response, END_STATUS[why])
    this.#socket.setTimeout(CLOSE_TIMEOUT_MS, () => this.#socket.destroy())
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #next(): void {
    const [post] = this.#posts
    if (this.#isPaused || this.#isAsked || !post || !this.#events) return
    this.#isAsked = true
    this.#events.onBytes(post.body)
  }

  #take(): Post | undefined {
    if (!this.#isAsked) return undefined
    this.#isAsked = false
    return this.#posts.shift()
  }
}

/** The whole body, `tooLong`, or undefined where the peer has gone. */
function readBody(request: IncomingMessage): Promise<Uint8Array | 'tooLong' | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return Promise.resolve('tooLong')
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > MAX_BODY_BYTES) resolve('tooLong')
      else chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', () => resolve(undefined))
    request.on('close', () => resolve(undefined))
  })
}

/** Whoever is refused is not waited for: the rest of a body that is too long is not read. */
function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { connection: 'close', 'content-length': 0 })
  response.end()
}

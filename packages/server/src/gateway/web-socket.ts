import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import {
  encodeWebSocketHead,
  WEB_SOCKET_CLOSE,
  type WebSocketFrameKind,
  WebSocketReader,
} from '@cablegram/mtproto'
import { freeBytes } from '@cablegram/tl'
import { type Addresses, type Channel, type ChannelEvents, CLOSE_TIMEOUT_MS, freeingOf } from './channel.ts'

/** Browsers know only `binary`. A client must offer it, and it is always the one chosen. */
const SUBPROTOCOL = 'binary'
const VERSION = '13'
const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
/** 16 bytes in base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/
/** A frame of MTProto's, and some: clients send one in each message. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024 + 4096

/** The refusal of a request for a WebSocket: a status and a sentence. */
export interface UpgradeProblem {
  readonly status: string
  readonly text: string
}

/** Finds out why a request cannot become a WebSocket; undefined if it can. */
export function checkUpgrade({ method, headers }: IncomingMessage): UpgradeProblem | undefined {
  const offered = headers['sec-websocket-protocol'] ?? ''
  const isOffered = offered.split(',').some((name) => name.trim() === SUBPROTOCOL)
  if (!isOffered) return { status: '400 Bad Request', text: 'Offer the subprotocol binary.' }
  const isUpgrade = method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket'
  const hasKey = KEY.test(headers['sec-websocket-key'] ?? '')
  if (isUpgrade && hasKey && headers['sec-websocket-version'] === VERSION) return undefined
  return {
    status: '400 Bad Request',
    text: `Ask for a WebSocket of version ${VERSION}, with a key of 16 bytes.`,
  }
}

/** Makes a WebSocket of a connection whose request {@link checkUpgrade} has found right. */
export function acceptWebSocket(
  { headers }: IncomingMessage,
  socket: Socket,
  head: Buffer,
  addresses: Addresses,
): Channel {
  const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${ACCEPT_GUID}`).digest('base64')
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    `Sec-WebSocket-Protocol: ${SUBPROTOCOL}`,
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  if (head.length > 0) socket.unshift(head)
  return new WebSocketChannel(socket, addresses)
}

/**
 * The messages of a WebSocket as one stream of bytes. Frames are passed on as they arrive and never put together here, so
 * that unfinished ones cost what they cost over TCP, and count like those.
 */
class WebSocketChannel implements Channel {
  readonly framing = 'obfuscated'
  readonly ip: string
  readonly localIp: string
  readonly #socket: Socket
  readonly #reader = new WebSocketReader({ isMasked: true, maxMessageBytes: MAX_MESSAGE_BYTES })
  #events: ChannelEvents | undefined
  /** The last ping that has no pong. */
  #ping: Uint8Array | undefined
  #isPongLeaving = false

  constructor(socket: Socket, { ip, localIp }: Addresses) {
    this.#socket = socket
    this.ip = ip
    this.localIp = localIp
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength
  }

  open(events: ChannelEvents, idleTimeoutMs: number): void {
    this.#events = events
    this.#socket.setTimeout(idleTimeoutMs, () => this.#socket.destroy())
    this.#socket.on('data', (chunk) => this.#onData(chunk))
    this.#socket.on('drain', events.onDrained)
    this.#socket.on('error', () => undefined)
    this.#socket.on('close', events.onClosed)
    this.#socket.resume()
  }

  write(chunk: Uint8Array): void {
    this.#send('binary', chunk, freeingOf(chunk))
  }

  refuse(): void {
    // The machine writes transport errors itself.
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    this.#close(WEB_SOCKET_CLOSE.normal)
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #onData(chunk: Buffer): void {
    for (const event of this.#reader.push(chunk)) {
      if (this.#events === undefined) return
      switch (event.kind) {
        case 'bytes':
          this.#events.onBytes(event.bytes)
          break
        case 'ping':
          this.#ping = event.bytes
          break
        case 'closed':
          this.#close(WEB_SOCKET_CLOSE.normal)
          break
        case 'failed':
          this.#close(event.code)
          break
      }
    }
    this.#answerPing()
    // The machine has deciphered into memory of its own. Under attack the collector would come too late for this.
    freeBytes(chunk)
  }

  /**
   * One pong waits at a time, for the last ping, as RFC 6455 (section 5.5.3) allows: a ping takes six bytes to send, and a
   * pong that waits takes a hundred times as much memory.
   */
  #answerPing(): void {
    const ping = this.#ping
    if (ping === undefined || this.#isPongLeaving || this.#events === undefined) return
    this.#ping = undefined
    this.#isPongLeaving = true
    this.#send('pong', ping, () => {
      this.#isPongLeaving = false
      this.#answerPing()
    })
  }

  /** Says why, and gives the peer a while to close its side. */
  #close(code: number): void {
    if (this.#events === undefined) return
    this.#events = undefined
    this.#send('close', Uint8Array.of(code >> 8, code))
    this.#socket.end()
    // A paused socket would not notice that the peer closes, too.
    this.#socket.resume()
    const timer = setTimeout(() => this.#socket.destroy(), CLOSE_TIMEOUT_MS)
    this.#socket.on('close', () => clearTimeout(timer))
  }

  #send(kind: WebSocketFrameKind, payload: Uint8Array, onSent?: (error?: Error | null) => void): void {
    if (!this.#socket.writable) return
    this.#socket.cork()
    this.#socket.write(encodeWebSocketHead(kind, payload.length))
    this.#socket.write(payload, onSent)
    process.nextTick(() => this.#socket.uncork())
  }
}

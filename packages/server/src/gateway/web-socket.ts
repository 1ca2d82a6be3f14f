import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Addresses, type Channel, CLOSE_TIMEOUT_MS } from './channel.ts'

/** Browsers know only `binary`; it has to be offered, and is what is chosen. */
const SUBPROTOCOL = 'binary'
/** A frame of MTProto's, and some: clients send them one a message. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024 + 4096
/** Messages that are no bytes. */
const UNSUPPORTED_DATA = 1003

/** Makes WebSockets of connections that ask for it. */
export class WebSocketUpgrade {
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: () => SUBPROTOCOL,
  })

  /** Whether the request offers the one subprotocol there is. */
  isOffered({ headers }: IncomingMessage): boolean {
    const offered = headers['sec-websocket-protocol'] ?? ''
    return offered.split(',').some((name) => name.trim() === SUBPROTOCOL)
  }

  /** Answers the request; what is wrong with it is refused, and no channel comes of it. */
  accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    addresses: Addresses,
    onChannel: (channel: Channel) => void,
  ): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      onChannel(webSocketChannel(webSocket, request, addresses))
    })
  }
}

/** The messages of a WebSocket as one stream of bytes; where one ends and the next begins means nothing. */
function webSocketChannel(webSocket: WebSocket, { socket }: IncomingMessage, addresses: Addresses): Channel {
  return {
    ...addresses,
    framing: 'obfuscated',
    get bufferedBytes() {
      return webSocket.bufferedAmount
    },
    open({ onBytes, onDrained, onClosed }, idleTimeoutMs) {
      socket.setTimeout(idleTimeoutMs, () => webSocket.terminate())
      socket.on('drain', onDrained)
      webSocket.on('message', (data, isBinary) => {
        if (isBinary && Buffer.isBuffer(data)) onBytes(data)
        else webSocket.close(UNSUPPORTED_DATA)
      })
      webSocket.on('error', () => undefined)
      webSocket.on('close', onClosed)
    },
    write: (chunk) => webSocket.send(chunk),
    refuse: () => undefined,
    pause: () => webSocket.pause(),
    resume: () => webSocket.resume(),
    end() {
      // A paused one would not hear that the peer closes, too.
      webSocket.resume()
      webSocket.close()
      const timer = setTimeout(() => webSocket.terminate(), CLOSE_TIMEOUT_MS)
      webSocket.on('close', () => clearTimeout(timer))
    },
    destroy: () => webSocket.terminate(),
  }
}

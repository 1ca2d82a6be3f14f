import { createHash } from 'node:crypto'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import {
  encodeMaskedWebSocketFrame,
  type Random,
  type WebSocketFrameKind,
  WebSocketReader,
} from '@cablegram/mtproto'
import { closeGently, writeInOneTurn } from './closing.ts'
import { describePeer, foreignPeer, statusOf } from './foreign-peer.ts'
import { nodeHttp } from './node-http.ts'
import type { OpenSockets } from './open-sockets.ts'
import { readInTurns } from './read-in-turns.ts'
import { trackedAgent } from './tracked-agent.ts'
import type { Dial, Transport, TransportEvents } from './transport.ts'
import { webSocketUrl } from './urls.ts'

/** Text that servers append to the key before they hash it (RFC 6455, section 1.3). */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const KEY_BYTES = 16
const MASK_BYTES = 4
/** Payload of a close frame: code 1000, a normal end. */
const NORMAL_END = Uint8Array.of(0x03, 0xe8)
/** Messages pass through as their bytes arrive, so no length has to be believed. */
const MAX_MESSAGE_BYTES = Number.MAX_SAFE_INTEGER
const CHECK_URL = 'Check the address of the server, and its path for WebSockets.'

/**
 * Opens WebSockets over Node's own sockets. The WebSocket that Node brings does not say what a server answered, and waits
 * without end for one that does not answer its close.
 */
export function nodeWebSocketDial(random: Random): Dial {
  return (address, events, signal, sockets) =>
    upgrade(new URL(webSocketUrl(address)), random, events, { signal, sockets })
}

function upgrade(
  url: URL,
  random: Random,
  events: TransportEvents,
  { signal, sockets }: { readonly signal: AbortSignal; readonly sockets: OpenSockets | undefined },
): Promise<Transport> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const key = Buffer.from(random(KEY_BYTES)).toString('base64')
    const request = ask(url, key, sockets)
    const onAbort = () => request.destroy(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    const over = () => signal.removeEventListener('abort', onAbort)
    request.on('upgrade', (response, socket, head) => {
      over()
      if (!isAccepted(response, key) || !(socket instanceof Socket)) {
        socket.destroy()
        reject(foreignPeer(url.href, 'opens something else than a WebSocket', CHECK_URL))
        return
      }
      resolve(webSocketTransport(socket, head, random, events))
    })
    request.on('response', (response) => {
      over()
      reject(foreignPeer(url.href, `answers ${statusOf(response)} instead of opening a WebSocket`, CHECK_URL))
      request.destroy()
    })
    request.on('error', (error) => {
      over()
      reject(signal.aborted ? signal.reason : explained(url, error))
    })
    request.end()
  })
}

function ask(url: URL, key: string, sockets: OpenSockets | undefined): ClientRequest {
  const isSecure = url.protocol === 'wss:'
  const protocol = isSecure ? 'https:' : 'http:'
  const { request } = nodeHttp(protocol)
  return request({
    protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port || (isSecure ? 443 : 80),
    path: `${url.pathname}${url.search}`,
    agent: trackedAgent(protocol, {}, sockets),
    headers: {
      host: url.host,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-protocol': 'binary',
      'sec-websocket-key': key,
    },
  })
}

function isAccepted({ headers }: IncomingMessage, key: string): boolean {
  const accept = createHash('sha1').update(`${key}${ACCEPT_SUFFIX}`).digest('base64')
  return headers['sec-websocket-accept'] === accept && headers.upgrade?.toLowerCase() === 'websocket'
}

/** Names a peer that speaks no HTTP, or no TLS. */
function explained(url: URL, error: Error): Error {
  const raw = 'rawPacket' in error && error.rawPacket instanceof Uint8Array ? error.rawPacket : undefined
  const peer = raw && (describePeer(raw) ?? 'another service')
  if (peer === 'TLS') return foreignPeer(url.href, 'speaks TLS', 'Use wss: instead of ws:.', error)
  if (peer !== undefined) return foreignPeer(url.href, `is ${peer}, not a WebSocket server`, CHECK_URL, error)
  if ('code' in error && error.code === 'EPROTO') {
    return foreignPeer(
      url.href,
      'does not speak TLS, or none that is known here',
      'Try ws: instead of wss:.',
      error,
    )
  }
  return error
}

function webSocketTransport(
  socket: Socket,
  head: Uint8Array,
  random: Random,
  events: TransportEvents,
): Transport {
  const reader = new WebSocketReader({ isMasked: false, maxMessageBytes: MAX_MESSAGE_BYTES })
  let cause: Error | undefined
  let isOurs = false
  const send = (kind: WebSocketFrameKind, payload: Uint8Array) =>
    writeInOneTurn(socket, encodeMaskedWebSocketFrame(kind, payload, random(MASK_BYTES)))
  const onChunk = (chunk: Uint8Array) => {
    for (const event of reader.push(chunk)) {
      if (isOurs) return
      if (event.kind === 'bytes') events.onBytes(event.bytes)
      else if (event.kind === 'ping') send('pong', event.bytes)
      else if (event.kind === 'closed') {
        send('close', NORMAL_END)
        closeGently(socket)
      } else throw new Error(`the server broke the WebSocket protocol (close code ${event.code})`)
    }
  }
  socket.setNoDelay(true)
  socket.setTimeout(0)
  socket.on('error', (error) => {
    cause ??= error
  })
  socket.on('close', () => {
    if (!isOurs) events.onClosed(cause)
  })
  socket.pause()
  readInTurns(socket, (chunk) => {
    try {
      onChunk(chunk)
    } catch (error) {
      cause = error instanceof Error ? error : undefined
      socket.destroy()
    }
  })
  if (head.length > 0) socket.unshift(head)
  // The first bytes come once the owner has the transport.
  setImmediate(() => socket.resume())
  return {
    send: (chunk) => send('binary', chunk),
    close() {
      isOurs = true
      send('close', NORMAL_END)
      closeGently(socket)
    },
  }
}

import * as http from 'node:http'
import * as https from 'node:https'
import type { StartTimer } from '../../ground/clock.ts'

/** One request over HTTP, as it goes out. */
export interface Outgoing {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Longest body of the answer; a longer one counts as none. */
  readonly maxBytes: number
}

/** An answer, whole. */
export interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: Uint8Array
}

/** Limits of one exchange. */
export interface Patience {
  /** Time in which nothing moves in either direction. */
  readonly idleMs: number
  /** Time for all of it, the wait for a free connection included. */
  readonly totalMs: number
}

/** Connections to one server, kept for the next requests. */
export interface Connections {
  /** Rejects with the error of the network, or once patience has ended. */
  exchange(outgoing: Outgoing): Promise<Answer>
  /** Ends the connections; exchanges that run are broken off. */
  close(): void
}

/** Requests at once; more wait for a connection. */
const MAX_CONNECTIONS = 64

/** Makes the connections to a server. */
export function openConnections(server: URL, patience: Patience, startTimer: StartTimer): Connections {
  const { request, Agent } = server.protocol === 'https:' ? https : http
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS })

  function exchange({ method, url, headers, body, maxBytes }: Outgoing): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, headers, agent, timeout: patience.idleMs })
      const stop = startTimer(() => sent.destroy(new Error('no answer in time')), patience.totalMs)
      const fail = (error: Error): void => {
        stop()
        sent.destroy()
        reject(error)
      }
      sent.on('timeout', () => sent.destroy(new Error('no answer')))
      const onClose = (): void => fail(new Error('the connection was closed'))
      sent.on('error', fail)
      sent.on('close', onClose)
      sent.on('upgrade', (_, socket) => {
        socket.destroy()
        fail(new Error('the server wants to speak another protocol'))
      })
      sent.on('response', (response) => {
        // From here on, the reader of the answer notices.
        sent.off('close', onClose)
        readWhole(response, maxBytes).then((whole) => {
          stop()
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: whole })
        }, fail)
      })
      sent.end(body)
    })
  }

  return { exchange, close: () => agent.destroy() }
}

async function readWhole(response: http.IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of response) {
    bytes += piece.length
    if (bytes > maxBytes) throw new Error('the answer is longer than what was asked for')
    pieces.push(piece)
  }
  const [only] = pieces
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces)
}

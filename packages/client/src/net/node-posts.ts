import type { Agent, IncomingMessage } from 'node:http'
import { describePeer, foreignPeer, statusOf } from './foreign-peer.ts'
import { nodeHttp } from './node-http.ts'
import { MAX_IN_FLIGHT, type PostAnswer, Posts, readBody, UnansweredError } from './posts.ts'
import { trackedAgent } from './tracked-agent.ts'
import type { Dial, Transport } from './transport.ts'
import { postUrl } from './urls.ts'

/**
 * Packets by POST over Node's own HTTP client. Its sockets are ours: with `fetch`, one that is still being opened
 * outlives the client.
 */
export const dialNodePosts: Dial = async (address, events, signal, sockets) => {
  const url = new URL(postUrl(address))
  const limits = { keepAlive: true, maxSockets: MAX_IN_FLIGHT, maxFreeSockets: MAX_IN_FLIGHT }
  const agent = trackedAgent(url.protocol, limits, sockets)
  const endAll = () => agent.destroy()
  try {
    signal.throwIfAborted()
    // Any answer shows that somebody listens.
    await exchange(url, { method: 'OPTIONS', agent, signal })
  } catch (error) {
    endAll()
    throw signal.aborted ? signal.reason : explained(url, error)
  }
  const posts = new Posts(
    (packet, aborted) => exchange(url, { method: 'POST', agent, signal: aborted, packet }),
    events,
  )
  return closingToo(posts, endAll)
}

function closingToo(posts: Transport, endAll: () => void): Transport {
  return {
    send: (chunk) => posts.send(chunk),
    close() {
      posts.close()
      endAll()
    },
  }
}

/** Statuses that MTProto servers answer with; all but the first are transport errors. Load balancers answer 5xx. */
const MTPROTO_STATUSES: ReadonlySet<number> = new Set([200, 403, 404, 429, 444])

interface Asking {
  readonly method: 'OPTIONS' | 'POST'
  readonly agent: Agent
  readonly signal: AbortSignal
  readonly packet?: Uint8Array | undefined
}

function exchange(url: URL, { method, agent, signal, packet }: Asking): Promise<PostAnswer> {
  const { request: send } = nodeHttp(url.protocol)
  return new Promise((resolve, reject) => {
    const headers = packet ? { 'content-length': packet.length } : {}
    const request = send(url, { method, agent, headers })
    // Not by the option `signal`: it would destroy a socket that is back with the agent, where nobody hears its error.
    const onAbort = () => request.destroy(new Error('given up'))
    const over = <T>(settle: (value: T) => void) => {
      return (value: T) => {
        signal.removeEventListener('abort', onAbort)
        settle(value)
      }
    }
    const fail = over(reject)
    request.on('response', (response) => {
      const { statusCode: status = 0 } = response
      if (method === 'POST' && status < 500 && !MTPROTO_STATUSES.has(status)) {
        fail(notMtproto(url, response))
        request.destroy()
        return
      }
      readBody(response).then(
        over((body) => resolve({ status, body })),
        fail,
      )
    })
    request.on('error', (error) => {
      const isStale = request.reusedSocket && 'code' in error && error.code === 'ECONNRESET'
      fail(isStale && !signal.aborted ? new UnansweredError(error.message, { cause: error }) : error)
    })
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    request.end(packet)
  })
}

function notMtproto(url: URL, response: IncomingMessage): Error {
  const what = `answers ${statusOf(response)} to a packet: it is not an MTProto server`
  return foreignPeer(url.href, what, 'Check the address of the server.')
}

function explained(url: URL, error: unknown): unknown {
  if (!(error instanceof Error) || !('rawPacket' in error)) return error
  const peer = error.rawPacket instanceof Uint8Array ? describePeer(error.rawPacket) : undefined
  const what = peer === undefined ? 'does not speak HTTP' : `is ${peer}, not an HTTP server`
  return foreignPeer(url.origin, what, 'Check the address of the server.', error)
}

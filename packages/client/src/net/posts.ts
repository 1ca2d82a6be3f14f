import { GrowingBytes } from '@cablegram/tl'
import { chunksOf } from './chunks.ts'
import type { Dial, Transport, TransportEvents } from './transport.ts'
import { postUrl } from './urls.ts'

/** As many connections as a browser opens to one server. */
export const MAX_IN_FLIGHT: number = 6
/** Servers send no longer packets; what is longer must not fill the memory. */
const MAX_BODY_BYTES = 4 * 1024 * 1024 + 1024

/** An answer to a POST. */
export interface PostAnswer {
  readonly status: number
  readonly body: Uint8Array
}

/**
 * Sends a packet as the body of a POST. Aborting `signal` gives it up.
 *
 * @throws UnansweredError where only the connection of this one has ended
 */
export type Post = (packet: Uint8Array, signal: AbortSignal) => Promise<PostAnswer>

/** A connection that was kept from earlier packets ended before it brought the beginning of an answer. */
export class UnansweredError extends Error {}

/** Packets by `fetch`, as browsers have it. */
export const dialPosts: Dial = async (address, events, signal) => {
  const url = postUrl(address)
  // Any answer shows that somebody listens.
  const response = await fetch(url, { method: 'OPTIONS', signal })
  await response.body?.cancel()
  return new Posts((packet, aborted) => postByFetch(url, packet, aborted), events)
}

/**
 * Packets as the bodies of POSTs, whose answers bring packets back. The protocol above keeps one POST waiting for news.
 */
export class Posts implements Transport {
  readonly #ask: Post
  readonly #events: TransportEvents
  readonly #abort = new AbortController()
  readonly #queue: Uint8Array[] = []
  #inFlight = 0

  constructor(ask: Post, events: TransportEvents) {
    this.#ask = ask
    this.#events = events
  }

  send(chunk: Uint8Array): void {
    this.#queue.push(chunk)
    this.#next()
  }

  close(): void {
    this.#queue.length = 0
    this.#abort.abort()
  }

  #next(): void {
    if (this.#abort.signal.aborted || this.#inFlight >= MAX_IN_FLIGHT) return
    const packet = this.#queue.shift()
    if (packet) void this.#post(packet)
  }

  async #post(packet: Uint8Array): Promise<void> {
    this.#inFlight += 1
    const { signal } = this.#abort
    try {
      const { status, body } = await this.#ask(packet, signal)
      this.#inFlight -= 1
      if (signal.aborted) return
      if (status === 200) this.#events.onBytes(body)
      else this.#events.onTransportError(-status)
      this.#next()
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof UnansweredError) {
        this.#inFlight -= 1
        this.#events.onUnanswered()
        this.#next()
        return
      }
      this.close()
      this.#events.onClosed(error instanceof Error ? error : undefined)
    }
  }
}

async function postByFetch(url: string, packet: Uint8Array, signal: AbortSignal): Promise<PostAnswer> {
  const body = new Uint8Array(packet)
  const response = await fetch(url, { method: 'POST', body, signal, credentials: 'omit', cache: 'no-store' })
  return { status: response.status, body: await readBody(chunksOf(response.body)) }
}

/** The whole of an answer. @throws Error if it is longer than any packet */
export async function readBody(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array> {
  const whole = new GrowingBytes(MAX_BODY_BYTES)
  for await (const chunk of body) {
    if (!whole.add(chunk)) throw new Error('the answer is too long')
  }
  return whole.take()
}

import { GrowingBytes } from '@cablegram/tl'
import type { Dial, Transport, TransportEvents } from './transport.ts'
import { postUrl } from './urls.ts'

/** As many connections as a browser opens to one server. */
const MAX_IN_FLIGHT = 6
/** Servers send no longer packets; what is longer must not fill the memory. */
const MAX_BODY_BYTES = 4 * 1024 * 1024 + 1024

/**
 * Packets by `fetch`: each is the body of a POST, and the answer brings one back. The protocol above keeps one POST
 * waiting for news.
 */
export const dialPosts: Dial = async (address, events, signal) => {
  const url = postUrl(address)
  // Whatever it answers, somebody is there.
  const response = await fetch(url, { method: 'OPTIONS', signal })
  await response.body?.cancel()
  return new Posts(url, events)
}

class Posts implements Transport {
  readonly #url: string
  readonly #events: TransportEvents
  readonly #abort = new AbortController()
  readonly #queue: Uint8Array[] = []
  #inFlight = 0

  constructor(url: string, events: TransportEvents) {
    this.#url = url
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
      const { status, body } = await ask(this.#url, packet, signal)
      this.#inFlight -= 1
      if (signal.aborted) return
      if (status === 200) this.#events.onBytes(body)
      else this.#events.onTransportError(-status)
      this.#next()
    } catch (error) {
      if (signal.aborted) return
      this.close()
      this.#events.onClosed(error instanceof Error ? error : undefined)
    }
  }
}

async function ask(
  url: string,
  packet: Uint8Array,
  signal: AbortSignal,
): Promise<{ status: number; body: Uint8Array }> {
  const body = new Uint8Array(packet)
  const response = await fetch(url, { method: 'POST', body, signal, credentials: 'omit', cache: 'no-store' })
  return { status: response.status, body: await readBody(response) }
}

async function readBody({ body }: Response): Promise<Uint8Array> {
  const whole = new GrowingBytes(MAX_BODY_BYTES)
  for await (const chunk of body ?? []) {
    if (!whole.add(chunk)) throw new Error('the answer is too long')
  }
  return whole.take()
}

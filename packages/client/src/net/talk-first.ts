import { ConnectionError } from '@cablegram/mtproto'
import type { Address, Dial, Transport, TransportEvents } from './transport.ts'

/** One turn of a conversation: bytes to send, and the length of the answer to them. */
export interface Turn {
  readonly send: Uint8Array
  /** @returns undefined to ask for more @throws if it is no answer */
  readonly measure: (received: Uint8Array) => number | undefined
}

/** What lies around the bytes of a connection. */
export interface Layer {
  seal(chunk: Uint8Array): Uint8Array
  /** @throws if the peer breaks its rules */
  open(chunk: Uint8Array): Uint8Array
}

/** Turns without I/O: each `yield` gets the answer to it. Ends in a layer, if there is one from then on. */
export type Conversation = Generator<Turn, Layer | undefined, Uint8Array>

/** A peer to talk to before it passes bytes on. */
export interface FirstPeer {
  readonly kind: 'socks5' | 'http' | 'mtproxy'
  /** Subject of error messages, such as "The SOCKS5 proxy at 10.0.0.1:1080". */
  readonly name: string
  /** Where it listens; undefined: at the target. */
  readonly address: Address | undefined
  readonly begin: (target: Address) => Conversation
}

/** A longer answer is none that a proxy gives. */
const MAX_ANSWER_BYTES = 64 * 1024

/**
 * A dial that first has a conversation, such as a proxy's, on each connection.
 *
 * @returns a dial that rejects with ConnectionError PROXY_UNREACHABLE, PROXY_HUNG_UP, or what the conversation throws
 */
export function talkFirst(dial: Dial, peer: FirstPeer): Dial {
  return async (target, events, signal, sockets) => {
    const talk = new Talk(peer, target, events)
    const address = peer.address ?? target
    const transport = await dial(address, talk.events, signal, sockets).catch((cause: unknown) => {
      throw signal.aborted || cause instanceof ConnectionError ? cause : unreachable(peer, cause)
    })
    return await talk.run(transport, signal)
  }
}

class Talk {
  readonly #peer: FirstPeer
  readonly #conversation: Conversation
  readonly #outer: TransportEvents
  #received: Uint8Array = new Uint8Array(0)
  #measure: Turn['measure'] | undefined
  #transport: Transport | undefined
  #isOver = false
  #layer: Layer | undefined
  /** Events that nobody can hear yet: before `run`, and between the end of the conversation and the first `send`. */
  #held: (() => void)[] | undefined = []
  #resolve: (transport: Transport) => void = () => {}
  #reject: (error: unknown) => void = () => {}

  constructor(peer: FirstPeer, target: Address, events: TransportEvents) {
    this.#peer = peer
    this.#outer = events
    this.#conversation = peer.begin(target)
  }

  readonly events: TransportEvents = {
    onBytes: (chunk) => this.#inTurn(() => (this.#isOver ? this.#pass(chunk) : this.#hear(chunk))),
    onTransportError: (code) => this.#inTurn(() => this.#outer.onTransportError(code)),
    onUnanswered: () => this.#inTurn(() => this.#outer.onUnanswered()),
    onClosed: (cause) =>
      this.#inTurn(() => {
        if (this.#isOver) this.#outer.onClosed(cause)
        else this.#fail(hungUp(this.#peer, cause))
      }),
  }

  run(transport: Transport, signal: AbortSignal): Promise<Transport> {
    this.#transport = transport
    const onAbort = () => this.#fail(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    const done = new Promise<Transport>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    if (signal.aborted) onAbort()
    else this.#next()
    this.#release()
    return done.finally(() => signal.removeEventListener('abort', onAbort))
  }

  #inTurn(event: () => void): void {
    if (this.#held) this.#held.push(event)
    else event()
  }

  #release(): void {
    const held = this.#held
    if (!held) return
    this.#held = undefined
    // The end of the conversation may come in the middle: what is behind it is held again.
    for (const event of held) this.#inTurn(event)
  }

  #hear(chunk: Uint8Array): void {
    const received = new Uint8Array(this.#received.length + chunk.length)
    received.set(this.#received)
    received.set(chunk, this.#received.length)
    this.#received = received
    this.#next()
  }

  /** Goes on as far as what has come allows. */
  #next(): void {
    try {
      while (!this.#isOver) {
        const length = this.#measure ? this.#measure(this.#received) : 0
        if (length === undefined) {
          if (this.#received.length > MAX_ANSWER_BYTES) throw hungUp(this.#peer, undefined)
          return
        }
        const answer = this.#received.subarray(0, length)
        this.#received = this.#received.subarray(length)
        const { done, value } = this.#conversation.next(answer)
        if (done) this.#end(value)
        else this.#ask(value)
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  #ask({ send, measure }: Turn): void {
    this.#measure = measure
    this.#transport?.send(send)
  }

  /** From now on events are held until the client sends something: before that nobody listens to them. */
  #end(layer: Layer | undefined): void {
    const transport = this.#transport
    if (!transport) return
    this.#isOver = true
    this.#layer = layer
    const early = this.#received
    this.#held = early.length > 0 ? [() => this.#pass(early)] : []
    this.#resolve({
      send: (chunk) => {
        transport.send(layer ? layer.seal(chunk) : chunk)
        this.#release()
      },
      close: () => {
        this.#held = []
        transport.close()
      },
    })
  }

  #pass(chunk: Uint8Array): void {
    try {
      const clear = this.#layer ? this.#layer.open(chunk) : chunk
      if (clear.length > 0) this.#outer.onBytes(clear)
    } catch (error) {
      this.#transport?.close()
      this.#outer.onClosed(error instanceof Error ? error : undefined)
    }
  }

  #fail(error: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#transport?.close()
    this.#reject(error)
  }
}

function unreachable({ name }: FirstPeer, cause: unknown): ConnectionError {
  const code = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : ''
  const message = `${name} does not answer${code}. Check its address, and that it runs.`
  return new ConnectionError('PROXY_UNREACHABLE', message, { cause })
}

function hungUp({ name }: FirstPeer, cause: unknown): ConnectionError {
  const message = `${name} has ended the connection without an answer. Check its address, and that it is a proxy of this kind.`
  return new ConnectionError('PROXY_HUNG_UP', message, { cause })
}

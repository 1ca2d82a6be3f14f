/** TCP for simulated programs: connections that lose, repeat, delay and break. */
import type { ConnectionId } from '@cablegram/mtproto'
import { type Agenda, type Rng, type Scenario, StreamWire } from '@cablegram/mtproto/testing'
import type { Dial, Transport, TransportEvents } from '../../../packages/client/src/net/transport.ts'

/** The faults of a network. */
export interface WireRates
  extends Pick<Scenario, 'lossRate' | 'duplicateRate' | 'reorderRate' | 'cutRate' | 'maxDelayMs'> {
  readonly framing: 'abridged' | 'intermediate' | 'padded'
}

/** The side of the server. */
export interface Listener {
  /** Nobody listens. */
  readonly isDown: boolean
  open(wire: StreamWire, dcId: number): ConnectionId
  bytes(connection: ConnectionId, chunk: Uint8Array): void
  closed(connection: ConnectionId): void
}

/** Parts of a network. */
export interface NetworkParts {
  readonly rates: WireRates
  readonly rng: Rng
  readonly agenda: Agenda
  readonly server: Listener
}

/** The longest time that a connection takes. */
const LONGEST_DIAL_MS = 200

/** The network of one life of a program. The host of an address is the number of the data centre. */
export class Network {
  readonly #parts: NetworkParts
  readonly #open = new Set<StreamWire>()
  #dialling = 0
  #isGood = false
  #isAlive = true
  #isAsleep = false
  /** Connections that have gone without a word: the machine slept. */
  readonly #dead = new Set<StreamWire>()

  constructor(parts: NetworkParts) {
    this.#parts = parts
  }

  /** Sockets that are open, or on their way to be. */
  get sockets(): number {
    return this.#open.size + this.#dialling
  }

  /** From here on nothing goes wrong. */
  heal(): void {
    this.#isGood = true
    for (const wire of this.#open) wire.isGood = true
  }

  /** All connections break. */
  cut(): void {
    for (const wire of this.#open) wire.cut()
  }

  /** The machine sleeps: its connections are gone, and nobody tells it, then or later. */
  sleep(): void {
    this.#isAsleep = true
    for (const wire of this.#open) this.#dead.add(wire)
  }

  wake(): void {
    this.#isAsleep = false
  }

  /** The process has died: the system closes its sockets, and nobody reads what comes. */
  die(): void {
    this.#isAlive = false
    this.cut()
  }

  readonly dial: Dial = (address, events, signal) =>
    new Promise((resolve, reject) => {
      const { agenda, rng, server } = this.#parts
      let isOver = false
      const end = (): void => {
        isOver = true
        this.#dialling -= 1
        signal.removeEventListener('abort', onAbort)
      }
      const onAbort = (): void => {
        if (isOver) return
        end()
        reject(signal.reason)
      }
      this.#dialling += 1
      signal.addEventListener('abort', onAbort, { once: true })
      if (signal.aborted) return onAbort()
      agenda.at(agenda.nowMs + rng.between(1, LONGEST_DIAL_MS), () => {
        if (isOver || !this.#isAlive) return
        end()
        if (server.isDown) reject(new Error('connect ECONNREFUSED'))
        else resolve(this.#connect(Number(address.host.replace('dc-', '')), events))
      })
    })

  #connect(dcId: number, events: TransportEvents): Transport {
    const { rates, rng, agenda, server } = this.#parts
    let isOurs = false
    let isEncrypted = false
    const scenario: Scenario = {
      ...rates,
      seed: 0,
      calls: 0,
      // TCP repeats nothing. Peers send encrypted packets again, but not those of a key exchange.
      get duplicateRate() {
        return isEncrypted ? (rates.duplicateRate ?? 0) : 0
      },
    }
    const wire: StreamWire = new StreamWire({
      scenario,
      rng,
      agenda,
      host: {
        open: () => server.open(wire, dcId),
        toServer: (connection, chunk) => server.bytes(connection, chunk),
        onArrived: () => undefined,
        toClient: (input) => {
          if (input.kind === 'bytes' && !isOurs && this.#isAlive && !this.#dead.has(wire))
            events.onBytes(input.chunk)
        },
        onEnded: () => undefined,
        onCut: (connections) => {
          for (const connection of connections) server.closed(connection)
          if (!isOurs && this.#dead.has(wire)) return
          this.#open.delete(wire)
          if (!isOurs && this.#isAlive) events.onClosed(undefined)
        },
        note: () => undefined,
      },
    })
    wire.isGood = this.#isGood
    this.#open.add(wire)
    if (this.#isAsleep) this.#dead.add(wire)
    wire.open()
    return {
      send: (chunk) => {
        isEncrypted ||= !isPlain(chunk)
        if (!this.#dead.has(wire)) wire.fromClient(chunk.slice())
      },
      close: () => {
        isOurs = true
        this.#open.delete(wire)
        wire.cut()
      },
    }
  }
}

/** Packets that are not encrypted have eight zeros for the id of a key, behind a frame's few bytes. */
function isPlain(chunk: Uint8Array): boolean {
  return Buffer.from(chunk.buffer, chunk.byteOffset, Math.min(chunk.length, 20)).includes(NO_KEY)
}

const NO_KEY = Buffer.alloc(8)

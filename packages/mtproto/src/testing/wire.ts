import type { ClientInput, ConnectionId } from '../machine.ts'
import type { Agenda } from './agenda.ts'
import type { Rng } from './rng.ts'
import type { Scenario } from './scenario.ts'

/** Callbacks about the connections of a client. */
export interface WireHost {
  /** The server has another one. */
  open(): ConnectionId
  toServer(connection: ConnectionId, chunk: Uint8Array): void
  /** A packet has reached the server, all of it. */
  onArrived(packet: Uint8Array): void
  toClient(input: ClientInput): void
  /** A connection of a request over HTTP has ended without an answer, and no other. */
  onEnded(connection: ConnectionId): void
  /** The client's transport is gone, and these with it; told from within no step of a machine. */
  onCut(connections: readonly ConnectionId[]): void
  note(...parts: (string | number)[]): void
}

/** Options of a wire. */
export interface WireSetup {
  readonly scenario: Scenario
  readonly rng: Rng
  readonly agenda: Agenda
  readonly host: WireHost
}

/** The network between one client and the server: transports, one after the other, that lose, repeat, delay and break. */
export interface Wire {
  /** From here on nothing goes wrong. */
  isGood: boolean
  has(connection: ConnectionId): boolean
  open(): void
  cut(): void
  fromClient(chunk: Uint8Array): void
  fromServer(connection: ConnectionId, chunk: Uint8Array): void
  /** The server refuses a request over HTTP. */
  refuse(connection: ConnectionId, code: number): void
  /** The server closes it. */
  close(connection: ConnectionId): void
}

/** A stream: its packets keep their order, but for those that overtake, and it breaks in the middle of any. */
export class StreamWire implements Wire {
  isGood = false
  readonly #setup: WireSetup
  #connection: ConnectionId | undefined
  #toServerMs = 0
  #toClientMs = 0
  #isFresh = true

  constructor(setup: WireSetup) {
    this.#setup = setup
  }

  has(connection: ConnectionId): boolean {
    return this.#connection === connection
  }

  open(): void {
    this.#connection = this.#setup.host.open()
    this.#toServerMs = 0
    this.#toClientMs = 0
    this.#isFresh = true
  }

  cut(): void {
    const { agenda, host } = this.#setup
    const id = this.#connection
    if (id === undefined) return
    this.#connection = undefined
    host.note('cut')
    agenda.at(agenda.nowMs, () => host.onCut([id]))
  }

  /** A client's packet; the first has the transport's tag before it, which is not lost: that is the connection's. */
  fromClient(chunk: Uint8Array): void {
    const { scenario, host } = this.#setup
    const id = this.#connection
    if (id === undefined) return
    const tagBytes = !this.#isFresh ? 0 : scenario.framing === 'abridged' ? 1 : 4
    this.#isFresh = false
    if (tagBytes > 0) host.toServer(id, chunk.subarray(0, tagBytes))
    this.#carry(id, 'to server', chunk.subarray(tagBytes), (part) => host.toServer(id, part))
  }

  fromServer(connection: ConnectionId, chunk: Uint8Array): void {
    if (this.#connection !== connection) return
    const { host } = this.#setup
    this.#carry(connection, 'to client', chunk, (part) => host.toClient({ kind: 'bytes', chunk: part }))
  }

  /** Over a stream, an error is a packet like others. */
  refuse(): void {}

  close(): void {
    this.cut()
  }

  #carry(
    id: ConnectionId,
    direction: 'to server' | 'to client',
    chunk: Uint8Array,
    deliver: (part: Uint8Array) => void,
  ): void {
    const { agenda, rng, host, scenario } = this.#setup
    const { lossRate = 0, duplicateRate = 0, cutRate = 0 } = scenario
    const isLucky = this.isGood
    const copies = isLucky ? 1 : rng.chance(lossRate) ? 0 : rng.chance(duplicateRate) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      const at = rng.between(0, chunk.length)
      // A stream that breaks does so anywhere.
      const breaks = !isLucky && rng.chance(cutRate / 2)
      agenda.at(this.#arrivalMs(direction), () => {
        if (this.#connection !== id) return
        host.note(direction, chunk.length)
        deliver(chunk.subarray(0, at))
        if (breaks) this.cut()
        if (this.#connection !== id) return
        deliver(chunk.subarray(at))
        if (direction === 'to server') host.onArrived(chunk)
      })
    }
    if (isLucky || !rng.chance(cutRate / 2)) return
    agenda.at(agenda.nowMs + rng.between(0, maxDelayMs(this, scenario)), () => {
      if (this.#connection === id) this.cut()
    })
  }

  #arrivalMs(direction: 'to server' | 'to client'): number {
    const { agenda, rng, scenario } = this.#setup
    const soonest = agenda.nowMs + rng.between(1, maxDelayMs(this, scenario))
    const isToServer = direction === 'to server'
    const inOrder = Math.max(soonest, isToServer ? this.#toServerMs : this.#toClientMs)
    if (!this.isGood && rng.chance(scenario.reorderRate ?? 0)) return soonest
    if (isToServer) this.#toServerMs = inOrder
    else this.#toClientMs = inOrder
    return inOrder
  }
}

/** The longest time that a packet travels. */
export function maxDelayMs({ isGood }: Wire, scenario: Scenario): number {
  return isGood ? 50 : (scenario.maxDelayMs ?? 400)
}

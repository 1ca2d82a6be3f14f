import type { ConnectionId } from '../machine.ts'
import type { Agenda } from './agenda.ts'
import type { Rng } from './rng.ts'
import type { Scenario } from './scenario.ts'

/** What happens to a connection. */
export interface WireHost {
  toServer(connection: ConnectionId, chunk: Uint8Array): void
  toClient(chunk: Uint8Array): void
  /** It is gone; told from within no step of a machine. */
  onCut(connection: ConnectionId): void
  note(...parts: (string | number)[]): void
}

/** A wire for one client: one connection after the other, each of which loses, repeats, delays and breaks. */
export class Wire {
  readonly #scenario: Scenario
  readonly #rng: Rng
  readonly #agenda: Agenda
  readonly #host: WireHost
  #connection: ConnectionId | undefined
  /** A stream keeps its order, but for packets that overtake. */
  #toServerMs = 0
  #toClientMs = 0
  #isFresh = true
  /** From here on nothing goes wrong. */
  isGood = false

  constructor(scenario: Scenario, rng: Rng, agenda: Agenda, host: WireHost) {
    this.#scenario = scenario
    this.#rng = rng
    this.#agenda = agenda
    this.#host = host
  }

  /** The connection that is up. */
  get connection(): ConnectionId | undefined {
    return this.#connection
  }

  open(connection: ConnectionId): void {
    this.#connection = connection
    this.#toServerMs = 0
    this.#toClientMs = 0
    this.#isFresh = true
  }

  cut(): void {
    const id = this.#connection
    if (id === undefined) return
    this.#connection = undefined
    this.#host.note('cut')
    this.#agenda.at(this.#agenda.nowMs, () => this.#host.onCut(id))
  }

  /** A client's packet; the first has the transport's tag before it, which is not lost: that is the connection's. */
  fromClient(chunk: Uint8Array): void {
    const id = this.#connection
    if (id === undefined) return
    const tagBytes = !this.#isFresh ? 0 : this.#scenario.framing === 'abridged' ? 1 : 4
    this.#isFresh = false
    if (tagBytes > 0) this.#host.toServer(id, chunk.subarray(0, tagBytes))
    this.#carry(id, 'to server', chunk.subarray(tagBytes), (part) => this.#host.toServer(id, part))
  }

  fromServer(connection: ConnectionId, chunk: Uint8Array): void {
    if (this.#connection !== connection) return
    this.#carry(connection, 'to client', chunk, (part) => this.#host.toClient(part))
  }

  #carry(
    id: ConnectionId,
    direction: 'to server' | 'to client',
    chunk: Uint8Array,
    deliver: (part: Uint8Array) => void,
  ): void {
    const { lossRate = 0, duplicateRate = 0, cutRate = 0 } = this.#scenario
    const isLucky = this.isGood
    const copies = isLucky ? 1 : this.#rng.chance(lossRate) ? 0 : this.#rng.chance(duplicateRate) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      const at = this.#rng.between(0, chunk.length)
      // A stream that breaks does so anywhere.
      const breaks = !isLucky && this.#rng.chance(cutRate / 2)
      this.#agenda.at(this.#arrivalMs(direction), () => {
        if (this.#connection !== id) return
        this.#host.note(direction, chunk.length)
        deliver(chunk.subarray(0, at))
        if (breaks) this.cut()
        if (this.#connection === id) deliver(chunk.subarray(at))
      })
    }
    if (isLucky || !this.#rng.chance(cutRate / 2)) return
    this.#agenda.at(this.#agenda.nowMs + this.#rng.between(0, this.#maxDelayMs), () => {
      if (this.#connection === id) this.cut()
    })
  }

  get #maxDelayMs(): number {
    return this.isGood ? 50 : (this.#scenario.maxDelayMs ?? 400)
  }

  #arrivalMs(direction: 'to server' | 'to client'): number {
    const soonest = this.#agenda.nowMs + this.#rng.between(1, this.#maxDelayMs)
    const isToServer = direction === 'to server'
    const inOrder = Math.max(soonest, isToServer ? this.#toServerMs : this.#toClientMs)
    if (!this.isGood && this.#rng.chance(this.#scenario.reorderRate ?? 0)) return soonest
    if (isToServer) this.#toServerMs = inOrder
    else this.#toClientMs = inOrder
    return inOrder
  }
}

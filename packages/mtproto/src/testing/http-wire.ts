import type { ClientInput, ConnectionId } from '../machine.ts'
import { maxDelayMs, type Wire, type WireSetup } from './wire.ts'

/** As many connections as a browser opens to one server. */
const MAX_IN_FLIGHT = 6

/**
 * HTTP: each packet of the client is a request, on a connection of its own or one that is free, and requests overtake
 * each other. One that is lost, or whose answer is, keeps its connection busy; one that is repeated, by a proxy, is
 * asked and answered twice. If a connection breaks in the middle of a request, the client asks again or gives all of them up.
 */
export class HttpWire implements Wire {
  isGood = false
  readonly #setup: WireSetup
  #isOpen = false
  /** The number of the transport: packets of an earlier one do not arrive. */
  #transport = 0
  #queue: Uint8Array[] = []
  readonly #busy = new Set<ConnectionId>()
  readonly #free = new Set<ConnectionId>()
  /** The server has closed them: no other request. */
  readonly #closed = new Set<ConnectionId>()

  constructor(setup: WireSetup) {
    this.#setup = setup
  }

  has(connection: ConnectionId): boolean {
    return this.#busy.has(connection) || this.#free.has(connection)
  }

  open(): void {
    this.#isOpen = true
    this.#transport += 1
  }

  cut(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    const { agenda, host } = this.#setup
    const connections = [...this.#busy, ...this.#free]
    this.#busy.clear()
    this.#free.clear()
    this.#closed.clear()
    this.#queue = []
    host.note('cut')
    agenda.at(agenda.nowMs, () => host.onCut(connections))
  }

  fromClient(body: Uint8Array): void {
    if (!this.#isOpen) return
    this.#queue.push(body)
    this.#next()
  }

  fromServer(connection: ConnectionId, chunk: Uint8Array): void {
    this.#answer(connection, { kind: 'bytes', chunk })
  }

  refuse(connection: ConnectionId, code: number): void {
    this.#answer(connection, { kind: 'transportError', code })
  }

  /** Closes a connection: a request without an answer is refused as bad. */
  close(connection: ConnectionId): void {
    if (this.#free.delete(connection)) return
    this.#closed.add(connection)
    this.refuse(connection, -400)
  }

  #next(): void {
    const { host, rng, scenario } = this.#setup
    while (this.#busy.size < MAX_IN_FLIGHT) {
      const body = this.#queue.shift()
      if (!body) return
      const [connection = host.open()] = this.#free
      this.#ask(connection, body)
      if (!this.isGood && rng.chance(scenario.duplicateRate ?? 0)) this.#ask(host.open(), body)
    }
  }

  #ask(connection: ConnectionId, body: Uint8Array): void {
    const { host } = this.#setup
    this.#free.delete(connection)
    this.#busy.add(connection)
    this.#carry(connection, () => {
      host.note('to server', body.length)
      host.toServer(connection, body)
      host.onArrived(body)
    })
  }

  #answer(connection: ConnectionId, input: Extract<ClientInput, { kind: 'bytes' | 'transportError' }>): void {
    if (!this.#busy.has(connection)) return
    const { host } = this.#setup
    this.#carry(connection, () => {
      if (!this.#busy.delete(connection)) return
      host.note('to client', input.kind === 'bytes' ? input.chunk.length : input.code)
      if (!this.#closed.delete(connection)) this.#free.add(connection)
      host.toClient(input)
      this.#next()
    })
  }

  /** The connection ends; the server may have taken the request. */
  #end(connection: ConnectionId): void {
    if (!this.#busy.delete(connection)) return
    this.#closed.delete(connection)
    const { host } = this.#setup
    host.note('ended', connection)
    host.onEnded(connection)
    this.#next()
  }

  #carry(connection: ConnectionId, deliver: () => void): void {
    const { agenda, rng, scenario } = this.#setup
    const { lossRate = 0, cutRate = 0 } = scenario
    const transport = this.#transport
    const isLost = !this.isGood && rng.chance(lossRate)
    const breaks = !this.isGood && rng.chance(cutRate)
    const ends = !this.isGood && rng.chance(cutRate)
    agenda.at(agenda.nowMs + rng.between(1, maxDelayMs(this, scenario)), () => {
      if (!this.#isOpen || transport !== this.#transport) return
      if (breaks) this.cut()
      else if (ends) this.#end(connection)
      else if (!isLost) deliver()
    })
  }
}

import { decryptMessage, isContainer, readAuthKeyId, readConstructorId } from '../envelope/index.ts'
import { type Framing, makeClientFraming } from '../framing/index.ts'
import type { ConnectionId, ServerKey } from '../machine.ts'
import type { Rng } from './rng.ts'
import type { Scenario } from './scenario.ts'

/** Packets that an attacker keeps; of more, the oldest go. */
const MAX_RECORDED = 200
const REFUSALS = [0xa7eff811, 0xedab447b]
const EMPTY_CONTAINER_BYTES = 8

/** The parts of a simulation that an attacker uses. */
export interface AttackerSetup {
  readonly scenario: Scenario
  readonly rng: Rng
  readonly keys: ReadonlyMap<bigint, ServerKey>
}

/** An attacker on the way: it cannot read packets, but records them, and sends them again from elsewhere. */
export class Attacker {
  /** Descriptions of answers that a replay must not get. */
  readonly heard: string[] = []
  readonly #setup: AttackerSetup
  readonly #recorded: Uint8Array[] = []
  readonly #connections = new Map<ConnectionId, Framing>()

  constructor(setup: AttackerSetup) {
    this.#setup = setup
  }

  get connections(): ConnectionId[] {
    return [...this.#connections.keys()]
  }

  has(connection: ConnectionId): boolean {
    return this.#connections.has(connection)
  }

  /** A packet has reached the server. */
  record(packet: Uint8Array): void {
    if (this.#recorded.length >= MAX_RECORDED) this.#recorded.shift()
    this.#recorded.push(packet.slice())
  }

  /** The bytes of a replay on a connection of its own; undefined while there is nothing to replay. */
  replay(connection: ConnectionId): Uint8Array | undefined {
    const { rng, scenario } = this.#setup
    const packet = this.#recorded[rng.between(0, this.#recorded.length - 1)]
    if (!packet) return undefined
    const { framing = 'intermediate' } = scenario
    const carrier = makeClientFraming(framing, { random: rng.bytes })
    this.#connections.set(connection, carrier)
    if (framing === 'bare') return packet
    const tag =
      framing === 'abridged' ? [0xef] : framing === 'padded' ? Array(4).fill(0xdd) : Array(4).fill(0xee)
    return Uint8Array.of(...tag, ...packet)
  }

  /** The server says something on one of its connections: it may be a refusal, and nothing that a session says. */
  onHeard(connection: ConnectionId, chunk: Uint8Array): void {
    for (const frame of this.#connections.get(connection)?.push(chunk) ?? []) {
      if (frame.kind === 'payload' && !this.#isRefusal(frame.payload)) {
        this.heard.push(
          `an attacker hears ${frame.payload.length} bytes of a session on connection ${connection}`,
        )
      }
    }
  }

  #isRefusal(payload: Uint8Array): boolean {
    const key = this.#setup.keys.get(readAuthKeyId(payload) ?? 0n)
    const decrypted = key && decryptMessage(key.authKey, 'client', payload)
    // Under a key that is gone by now it cannot be told.
    if (!decrypted?.ok) return true
    const { body } = decrypted.message
    if (isContainer(body)) return body.length === EMPTY_CONTAINER_BYTES
    return REFUSALS.includes(readConstructorId(body))
  }
}

/** A server of two data centres in virtual time: the machine, and the rules behind it, which die and start again over one store. */
import {
  type ConnectionId,
  createServerMachine,
  type Machine,
  type ServerInput,
  type ServerOutput,
} from '@cablegram/mtproto'
import { type Agenda, Rng, RSA_KEY, type StreamWire } from '@cablegram/mtproto/testing'
import type { KeyPort } from '../../../packages/server/src/gateway/driver.ts'
import type { Instead } from '../../../packages/server/src/rpc/apply-fault.ts'
import { Faults } from '../../../packages/server/src/rpc/faults.ts'
import { createKeyPort } from '../../../packages/server/src/rpc/key-port.ts'
import { Life, UPDATES_TOO_LONG } from '../chats/node.ts'
import type { ChatWorld } from '../chats/world.ts'
import type { Listener } from './network.ts'

/** The data centres: accounts are at home in the first one. */
export const DATA_CENTRES: readonly [home: number, other: number] = [2, 4]

/** Parts of a server. */
export interface ServerParts {
  readonly seed: number
  readonly rng: Rng
  readonly agenda: Agenda
  readonly chats: ChatWorld
}

/** Waits of faults, on the agenda. */
class AgendaDelays {
  waiting = 0
  readonly #agenda: Agenda

  constructor(agenda: Agenda) {
    this.#agenda = agenda
  }

  wait(ms: number): Promise<void> {
    this.waiting += 1
    return new Promise((resolve) => {
      this.#agenda.at(this.#agenda.nowMs + ms, () => {
        this.waiting -= 1
        resolve()
      })
    })
  }
}

/** The server, through all its lives. */
export class SimulatedServer implements Listener {
  readonly faults: Faults = new Faults()
  /** Errors inside the server that its log would have. */
  readonly troubles: unknown[] = []
  isDown = false
  restarts = 0
  readonly #parts: ServerParts
  readonly #wires = new Map<ConnectionId, StreamWire>()
  readonly #inputs: ServerInput[] = []
  readonly #delays: AgendaDelays
  #isStepping = false
  #life: Life
  #machine: Machine<ServerInput, ServerOutput>
  #keys: KeyPort
  #working = 0
  #wakeMs: number | undefined
  #lastConnection = 0

  constructor(parts: ServerParts) {
    this.#parts = parts
    this.#delays = new AgendaDelays(parts.agenda)
    this.#life = this.#begin()
    this.#machine = this.#makeMachine()
    this.#keys = this.#makeKeys()
  }

  /** True while something goes on that needs no time to pass. */
  get isBusy(): boolean {
    return this.#working > 0 || this.#life.busyWith > this.#delays.waiting
  }

  open(wire: StreamWire, dcId: number): ConnectionId {
    this.#lastConnection += 1
    const connection = this.#lastConnection
    this.#wires.set(connection, wire)
    this.#input({ kind: 'opened', connection, dcId, framing: 'detect' })
    return connection
  }

  bytes(connection: ConnectionId, chunk: Uint8Array): void {
    if (this.#wires.has(connection)) this.#input({ kind: 'bytes', connection, chunk })
  }

  closed(connection: ConnectionId): void {
    if (this.#wires.delete(connection)) this.#input({ kind: 'closed', connection })
  }

  /** The process dies in the middle of what it does, and another one listens after a while. */
  restart(outageMs: number): void {
    this.restarts += 1
    this.isDown = true
    this.#leave()
    const wires = [...this.#wires.values()]
    this.#wires.clear()
    for (const wire of wires) wire.cut()
    const { restarts } = this
    const { agenda } = this.#parts
    this.#life = this.#begin()
    this.#machine = this.#makeMachine()
    this.#keys = this.#makeKeys()
    this.#wakeMs = undefined
    agenda.at(agenda.nowMs + outageMs, () => {
      if (this.restarts === restarts) this.isDown = false
    })
  }

  end(): void {
    this.#leave()
  }

  #leave(): void {
    this.troubles.push(...this.#life.troubles)
    this.#life.end()
    this.#working = 0
  }

  #begin(): Life {
    const { chats } = this.#parts
    return new Life({
      world: chats.world,
      faults: this.faults,
      delays: this.#delays,
      gate: { faults: this.faults, delays: new AgendaDelays(this.#parts.agenda) },
      push: (session, body) => this.#input({ kind: 'push', session, body, instead: UPDATES_TOO_LONG }),
    })
  }

  #makeMachine(): Machine<ServerInput, ServerOutput> {
    const { seed, chats } = this.#parts
    return createServerMachine({
      random: new Rng(Math.imul(seed, 41) + 5000 + this.restarts).bytes,
      rsaKeys: [RSA_KEY],
      saltSecret: new Uint8Array(32).fill(7),
      limits: { maxQueuedPushes: chats.world.rules.settings.maxQueuedPushes },
    })
  }

  #makeKeys(): KeyPort {
    const forget = (authKeyId: bigint): void => this.#input({ kind: 'dropKey', authKeyId, reason: 'unknown' })
    this.#life.rules.tempKeys.onEvicted(forget)
    return createKeyPort(this.#life.rules, { isAlone: false, onForgotten: forget, onKept: () => undefined })
  }

  /** Inputs that come while outputs are being done wait for their turn. */
  #input(input: ServerInput): void {
    this.#inputs.push(input)
    if (this.#isStepping) return
    this.#isStepping = true
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
      for (const output of this.#machine.step(next, this.#parts.agenda.nowMs)) this.#do(output)
    }
    this.#isStepping = false
    this.#setTimer()
  }

  #setTimer(): void {
    const { wakeAtMs } = this.#machine
    if (wakeAtMs === this.#wakeMs) return
    this.#wakeMs = wakeAtMs
    if (wakeAtMs === undefined) return
    this.#parts.agenda.at(wakeAtMs, () => {
      if (this.#wakeMs !== wakeAtMs) return
      this.#wakeMs = undefined
      this.#input({ kind: 'wake' })
    })
  }

  #do(output: ServerOutput): void {
    switch (output.kind) {
      case 'send':
        this.#wires.get(output.connection)?.fromServer(output.connection, output.chunk.slice())
        break
      case 'close':
        this.#wires.get(output.connection)?.close()
        break
      case 'needKey': {
        const { authKeyId } = output
        this.#work(this.#keys.find(authKeyId), (key) => this.#input({ kind: 'key', authKeyId, key }))
        break
      }
      case 'keyMade': {
        const { exchange, key, dcId, isTest } = output
        this.#work(this.#keys.keep(key, { dcId, isTest }), (kept) =>
          this.#input({ kind: 'keyKept', exchange, kept }),
        )
        break
      }
      case 'request':
        this.#run(output)
        break
    }
  }

  /** Does something in the store; a process that has died by then does nothing with it. */
  #work<T>(work: Promise<T>, then: (result: T) => void): void {
    const { restarts } = this
    this.#working += 1
    work
      .then((result) => {
        if (this.restarts === restarts) then(result)
      })
      .catch((error: unknown) => void this.troubles.push(error))
      .finally(() => {
        if (this.restarts === restarts) this.#working -= 1
      })
  }

  #run({ connection, session, msgId, body }: Extract<ServerOutput, { kind: 'request' }>): void {
    const request = { ip: '127.0.0.1', localIp: '127.0.0.1', connection, session, msgId, body: body.slice() }
    this.#life.run(
      request,
      ({ body: answer, rest, isFile, isCut }) => {
        this.#input({ kind: 'answer', session, msgId, body: answer, rest, isFile })
        if (isCut) this.#wires.get(connection)?.cut()
      },
      ({ wasRun, instead }) => this.#withhold(connection, { session, msgId, wasRun }, instead),
    )
  }

  #withhold(
    connection: ConnectionId,
    request: Pick<Extract<ServerInput, { kind: 'withhold' }>, 'session' | 'msgId' | 'wasRun'>,
    instead: Instead | undefined,
  ): void {
    this.#input({ kind: 'withhold', ...request, asBadSalt: instead?.kind === 'badSalt' })
    if (instead?.kind === 'close') this.#wires.get(connection)?.cut()
    if (instead?.kind === 'transportError')
      this.#input({ kind: 'sendTransportError', connection, code: instead.code })
  }
}

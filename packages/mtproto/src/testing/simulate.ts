import { computeExchange } from '../index.ts'
import type { ClientInput, ConnectionId, ServerInput, ServerOutput } from '../machine.ts'
import { Agenda } from './agenda.ts'
import { Attacker } from './attacker.ts'
import { encodeUpdate } from './calls.ts'
import { SimulatedClient } from './client.ts'
import { HttpWire } from './http-wire.ts'
import { makeClient, makeServer, sharedKeyOf, startOf } from './machines.ts'
import { type RanRequest, ServerNode } from './node.ts'
import { Rng } from './rng.ts'
import { RSA_KEY } from './rsa-key.ts'
import type { Scenario } from './scenario.ts'
import type { Transcript } from './transcript.ts'
import { StreamWire, type Wire, type WireSetup } from './wire.ts'

/** The result of a simulation. */
export interface Outcome {
  readonly scenario: Scenario
  readonly clients: readonly SimulatedClient[]
  /** In the order they were run in. */
  readonly ran: readonly RanRequest[]
  /** The number of updates that each client should know of. */
  readonly updates: readonly number[]
  readonly isDone: boolean
  readonly tookMs: number
  /** Table sizes of all machines when nothing was left to do, and of the server when all clients had gone. */
  readonly quiet: { readonly clients: readonly Sizes[]; readonly server: Sizes }
  readonly end: Sizes
  /** Descriptions of what replays gave an attacker and must not give. */
  readonly leaks: readonly string[]
  /** Everything that happened, in order. */
  readonly log: string
  /** If asked for. */
  readonly transcripts: readonly Transcript[]
}

type Sizes = Readonly<Record<string, number>>

const HOUR_MS = 3_600_000
/** The wire becomes good this long after the last call. */
const ILL_MS = 600_000
/** With everything done: acknowledgements leave, and lost ones are asked for. */
const QUIET_MS = 240_000
/** An attacker sends packets again for this long after the last call. */
const ATTACK_MS = 330_000
const LONG_AGO_MS = 3 * HOUR_MS

/** Our client machines against our server machine in one process, on wires that lose, repeat, delay and break. */
export function simulate(scenario: Scenario, options: { readonly records?: boolean } = {}): Outcome {
  return new Simulation(scenario, options.records === true).run()
}

class Simulation {
  readonly #scenario: Scenario
  readonly #rng: Rng
  readonly #startMs: number
  readonly #agenda: Agenda
  readonly #node: ServerNode
  readonly #clients: SimulatedClient[] = []
  readonly #wires: Wire[] = []
  readonly #log: string[] = []
  readonly #transcripts: Transcript[] = []
  readonly #attacker: Attacker
  readonly #records: boolean
  #serverWakeMs: number | undefined
  #serverInputs: (readonly [number, ServerInput])[] = []
  #lastConnection = 0
  #aheadMs = 0
  /** The server's clock minus the true one. */
  #serverSkewMs = 0
  #hasEnded = false

  constructor(scenario: Scenario, records: boolean) {
    this.#scenario = scenario
    this.#startMs = startOf(scenario)
    this.#agenda = new Agenda(this.#startMs)
    this.#records = records
    this.#rng = new Rng(scenario.seed)
    this.#node = new ServerNode((life) => this.#startServer(life))
    const shared = sharedKeyOf(scenario)
    if (!scenario.makesKey) this.#node.keys.set(shared.authKey.id, shared)
    this.#attacker = new Attacker({ scenario, rng: this.#rng, keys: this.#node.keys })
    this.#node.bindErrors = scenario.bindErrors ?? 0
    this.#node.bindFloods = scenario.bindFloods ?? 0
    for (let index = 0; index < (scenario.clients ?? 1); index++) this.#addClient(index)
  }

  run(): Outcome {
    const { forMs = 60_000 } = this.#scenario
    this.#plan(forMs)
    this.#agenda.at(this.#startMs + forMs + ILL_MS, () => {
      this.#note('the wire is good')
      for (const wire of this.#wires) wire.isGood = true
    })
    const isDone = () => this.#clients.every((client) => client.isDone(this.#node.updates(client.index)))
    const hasFailed = () => this.#clients.some(({ failed }) => failed !== undefined)
    const isOver = () => hasFailed() || (this.#agenda.nowMs >= this.#startMs + forMs && isDone())
    this.#agenda.run(this.#startMs + forMs + 4 * HOUR_MS, isOver)
    const tookMs = this.#agenda.nowMs - this.#startMs
    for (const wire of this.#wires) wire.isGood = true
    this.#agenda.run(this.#agenda.nowMs + QUIET_MS, hasFailed)
    // Questions and offers come ever more seldom on a wire that loses them.
    const isIdle = () =>
      this.#node.machine.tableSizes['held'] === 0 &&
      this.#clients.every(({ machine }) => machine.tableSizes['requests'] === 0)
    this.#agenda.run(this.#agenda.nowMs + 2 * HOUR_MS, isIdle)
    // A key may just have been renewed, and what was missed meanwhile be asked for.
    this.#agenda.run(this.#agenda.nowMs + QUIET_MS, isDone)
    const quiet = {
      clients: this.#clients.map(({ machine }) => machine.tableSizes),
      server: this.#node.machine.tableSizes,
    }
    const wasDone = isDone()
    this.#hasEnded = true
    for (const wire of this.#wires) wire.cut()
    for (const connection of this.#attacker.connections) this.#stepServer({ kind: 'closed', connection })
    this.#agenda.run(this.#agenda.nowMs + LONG_AGO_MS, () => false)
    return {
      scenario: this.#scenario,
      clients: this.#clients,
      ran: this.#node.ran,
      updates: this.#clients.map(({ index }) => this.#node.updates(index)),
      isDone: wasDone,
      tookMs,
      quiet,
      end: this.#node.machine.tableSizes,
      leaks: this.#attacker.heard,
      log: this.#log.join('\n'),
      transcripts: this.#transcripts,
    }
  }

  #note(...parts: (string | number)[]): void {
    this.#log.push(`${this.#agenda.nowMs} ${parts.join(' ')}`)
  }

  /** Plans all events, at times drawn now. */
  #plan(forMs: number): void {
    const {
      calls,
      cancelRate = 0,
      clockJumps = 0,
      ruleJumps = 0,
      serverClockJumps = 0,
      serverRestarts = 0,
      unbinds = 0,
      destroys = 0,
      replays = 0,
      maxJumpMs = 3 * HOUR_MS,
    } = this.#scenario
    const sometime = (run: () => void) => this.#agenda.at(this.#startMs + this.#rng.between(0, forMs), run)
    const times = (count: number, run: () => void) => {
      for (let i = 0; i < count; i++) sometime(run)
    }
    for (const client of this.#clients) {
      this.#agenda.at(this.#startMs, () => this.#dial(client))
      times(calls, () => this.#call(client, cancelRate))
      times(clockJumps, () => {
        const byMs = this.#rng.between(-maxJumpMs, maxJumpMs)
        this.#note(client.index, 'clock jumps', byMs)
        client.jump(byMs)
      })
      times(destroys, () => {
        this.#note(client.index, 'destroys its key')
        client.step({ kind: 'destroyKey' })
      })
    }
    times(serverRestarts, () => this.#restart())
    // Until long after: what is recorded may be good for five minutes.
    for (let i = 0; i < replays; i++) {
      const atMs = this.#startMs + this.#rng.between(0, forMs + ATTACK_MS)
      this.#agenda.at(atMs, () => this.#replay())
    }
    times(unbinds, () => this.#node.unbind())
    times(serverClockJumps, () => {
      this.#serverSkewMs += this.#rng.between(-maxJumpMs, maxJumpMs)
      this.#note("the server's clock is ahead by", this.#serverSkewMs)
      this.#serverWakeMs = undefined
      this.#stepServer({ kind: 'wake' })
    })
    times(ruleJumps, () => {
      this.#aheadMs += this.#rng.between(0, HOUR_MS)
      this.#note('rules are ahead by', this.#aheadMs)
      this.#stepServer({ kind: 'rulesClock', aheadMs: this.#aheadMs })
    })
  }

  #call(client: SimulatedClient, cancelRate: number): void {
    const asked = this.#rng.chance(0.2) ? 'error' : 'echo'
    const answerBytes = this.#rng.chance(0.05) ? 100_000 : this.#rng.between(1, 200) * 4
    const callId = client.call(asked, answerBytes)
    if (!this.#rng.chance(cancelRate)) return
    this.#later(this.#rng.between(0, 2_000), () => client.cancel(callId))
  }

  #later(ms: number, run: () => void): void {
    this.#agenda.at(this.#agenda.nowMs + ms, run)
  }

  // ---- clients ---------------------------------------------------------------------------------------------

  #addClient(index: number): void {
    const { maxSkewMs = 0, skewsMs = [] } = this.#scenario
    const inputs: (readonly [number, ClientInput])[] = []
    if (this.#records)
      this.#transcripts.push({ side: 'client', number: index, scenario: this.#scenario, inputs })
    const skewMs = skewsMs[index] ?? this.#rng.between(-maxSkewMs, maxSkewMs)
    const client = new SimulatedClient(index, makeClient(this.#scenario, index), this.#agenda, skewMs, {
      onSend: (chunk) => wire.fromClient(chunk),
      onReconnect: () => wire.cut(),
      onInput: (nowMs, input) => {
        if (this.#records) inputs.push([nowMs, copy(input)])
      },
      note: (...parts) => this.#note(...parts),
    })
    const wire = this.#makeWire({
      open: () => this.#open(),
      toServer: (connection, chunk) => this.#stepServer({ kind: 'bytes', connection, chunk }),
      onArrived: (packet) => this.#record(packet),
      toClient: (input) => client.step(input),
      onEnded: (connection) => {
        this.#stepServer({ kind: 'closed', connection })
        client.step({ kind: 'unanswered' })
      },
      onCut: (connections) => {
        for (const connection of connections) this.#stepServer({ kind: 'closed', connection })
        client.step({ kind: 'closed' })
        if (!this.#hasEnded) this.#later(this.#rng.between(10, 2_000), () => this.#dial(client))
      },
      note: (...parts) => this.#note(index, ...parts),
    })
    this.#clients.push(client)
    this.#wires.push(wire)
  }

  /** Records a packet, unless it waits for its key: the server has not taken it yet. */
  #record(packet: Uint8Array): void {
    const { replays = 0 } = this.#scenario
    if (replays > 0 && this.#node.machine.tableSizes['waiting'] === 0) this.#attacker.record(packet)
  }

  #replay(): void {
    if (this.#hasEnded) return
    const connection = this.#open()
    const chunk = this.#attacker.replay(connection)
    this.#note('a packet is replayed on', connection)
    if (chunk) this.#stepServer({ kind: 'bytes', connection, chunk })
    else this.#stepServer({ kind: 'closed', connection })
  }

  #makeWire(host: WireSetup['host']): Wire {
    const setup = { scenario: this.#scenario, rng: this.#rng, agenda: this.#agenda, host }
    return this.#scenario.framing === 'bare' ? new HttpWire(setup) : new StreamWire(setup)
  }

  #open(): ConnectionId {
    const connection = ++this.#lastConnection
    const framing = this.#scenario.framing === 'bare' ? 'bare' : 'detect'
    this.#stepServer({ kind: 'opened', connection, framing })
    return connection
  }

  #dial(client: SimulatedClient): void {
    if (client.failed || this.#hasEnded) return
    this.#wires[client.index]?.open()
    client.step({ kind: 'opened' })
  }

  // ---- the server ------------------------------------------------------------------------------------------

  #startServer(life: number): ReturnType<typeof makeServer> {
    this.#serverInputs = []
    this.#serverWakeMs = undefined
    const inputs = this.#serverInputs
    if (this.#records)
      this.#transcripts.push({ side: 'server', number: life, scenario: this.#scenario, inputs })
    return makeServer(this.#scenario, life)
  }

  #restart(): void {
    this.#note('server restarts')
    this.#node.restart()
    if (this.#aheadMs > 0) this.#stepServer({ kind: 'rulesClock', aheadMs: this.#aheadMs })
    for (const wire of this.#wires) wire.cut()
  }

  #stepServer(input: ServerInput): void {
    const nowMs = this.#agenda.nowMs + this.#serverSkewMs
    if (this.#records) this.#serverInputs.push([nowMs, copy(input)])
    for (const output of this.#node.machine.step(input, nowMs)) this.#onServerOutput(output)
    const { wakeAtMs } = this.#node.machine
    if (wakeAtMs === this.#serverWakeMs) return
    this.#serverWakeMs = wakeAtMs
    if (wakeAtMs === undefined) return
    this.#agenda.at(wakeAtMs - this.#serverSkewMs, () => {
      if (this.#serverWakeMs !== wakeAtMs) return
      this.#serverWakeMs = undefined
      this.#stepServer({ kind: 'wake' })
    })
  }

  #onServerOutput(output: ServerOutput): void {
    switch (output.kind) {
      case 'send':
        this.#attacker.onHeard(output.connection, output.chunk)
        this.#wireOf(output.connection)?.fromServer(output.connection, output.chunk)
        break
      case 'close':
        this.#note('server closes', output.reason?.code ?? '')
        this.#wireOf(output.connection)?.close(output.connection)
        break
      case 'transportError':
        this.#wireOf(output.connection)?.refuse(output.connection, output.code)
        break
      case 'compute': {
        const { exchange, task } = output
        // Sometimes the threads have too much to do.
        const isDone = this.#rng.chance(0.95)
        const result = isDone ? computeExchange(task, [RSA_KEY], this.#rng.bytes) : undefined
        this.#inLife(this.#rng.between(0, 200), () => {
          this.#stepServer({ kind: 'computed', exchange, result })
        })
        break
      }
      case 'needKey': {
        const { authKeyId } = output
        this.#inLife(this.#rng.between(0, 20), () => {
          this.#stepServer({ kind: 'key', authKeyId, key: this.#node.keys.get(authKeyId) })
        })
        break
      }
      case 'keyMade': {
        const { exchange, key } = output
        this.#inLife(this.#rng.between(0, 20), () => {
          this.#stepServer({ kind: 'keyKept', exchange, kept: this.#node.keep(key) })
        })
        break
      }
      case 'request':
        this.#onRequest(output)
        break
      case 'destroyKey': {
        const { session } = output
        this.#inLife(this.#rng.between(0, 20), () => {
          const bound = this.#node.destroy(session.authKeyId)
          for (const authKeyId of bound ?? []) {
            this.#stepServer({ kind: 'dropKey', authKeyId, reason: 'unknown' })
          }
          this.#stepServer({ kind: 'keyDestroyed', session, outcome: bound ? 'ok' : 'none' })
        })
        break
      }
    }
  }

  #wireOf(connection: ConnectionId): Wire | undefined {
    return this.#wires.find((wire) => wire.has(connection))
  }

  #onRequest(request: Extract<ServerOutput, { kind: 'request' }>): void {
    const { session, msgId, connection } = request
    if (this.#attacker.has(connection)) this.#attacker.heard.push(`an attacker has message ${msgId} run`)
    const { body, call } = this.#node.answer(request)
    this.#note('runs', String(msgId))
    const takesMs = this.#rng.chance(0.05) ? 40_000 : this.#rng.between(0, 500)
    this.#inLife(takesMs, () => this.#stepServer({ kind: 'answer', session, msgId, body }))
    if (!call || call.asked === 'refetch' || !this.#rng.chance(0.2)) return
    this.#later(this.#rng.between(0, 2_000), () => {
      const { number, session: listener } = this.#node.update(call.client)
      this.#note('update', call.client, number)
      if (listener) this.#stepServer({ kind: 'push', session: listener, body: encodeUpdate(number) })
    })
  }

  /** Runs later, unless the process was restarted by then. */
  #inLife(ms: number, run: () => void): void {
    const { life } = this.#node
    this.#later(ms, () => {
      if (this.#node.life === life) run()
    })
  }
}

/** Chunks are views of what may be written over. */
function copy<T extends ClientInput | ServerInput>(input: T): T {
  return input.kind === 'bytes' ? { ...input, chunk: input.chunk.slice() } : input
}

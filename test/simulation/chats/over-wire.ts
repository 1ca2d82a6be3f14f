/**
 * Chats of a seed over a wire that loses, repeats, delays and breaks: client machines against the server machine, in virtual
 * time, with servers that die and start again over the same store.
 */

import type { RpcError } from '@cablegram/mtproto'
import {
  type ClientInput,
  type ClientOutput,
  type ConnectionId,
  createClientMachine,
  createServerMachine,
  type Machine,
  type ServerInput,
  type ServerKey,
  type ServerOutput,
} from '@cablegram/mtproto'
import { Agenda, Rng, RSA_KEY, type Scenario, SERVER_KEYS, StreamWire } from '@cablegram/mtproto/testing'
import type { Settings } from '../../../packages/server/src/ground/settings.ts'
import { violationsOf } from './checks.ts'
import { type ChatOutcome, INIT_PREFIX } from './direct.ts'
import { Listener } from './listener.ts'
import { violationsOfListener } from './listener-checks.ts'
import { Life, UPDATES_TOO_LONG } from './node.ts'
import { operate } from './operations.ts'
import { Scene } from './scene.ts'
import { stable } from './seen.ts'
import { Session } from './session.ts'
import { type ChatWorld, chatSettingsOf, createChatWorld, type Device } from './world.ts'

/** The amount of work, and what goes wrong. */
export interface WireScenario
  extends Pick<
    Scenario,
    'seed' | 'lossRate' | 'duplicateRate' | 'reorderRate' | 'cutRate' | 'maxDelayMs' | 'serverRestarts'
  > {
  readonly framing: 'abridged' | 'intermediate' | 'padded'
  readonly people: number
  readonly devicesEach: number
  readonly operations: number
  readonly settings: Partial<Settings>
  /** In which all operations begin; the wire gets well after that. */
  readonly forMs: number
  /** The last device of everybody only listens, with the client's machine of updates, and dies so often. */
  readonly listenerDeaths?: number
}

/** The scenario of a seed: mild or wild, with some of what can go wrong. */
export function chatScenarioOf(seed: number): WireScenario {
  const rng = new Rng(Math.imul(seed, 0x9e3779b1) ^ 0x0c4a7500)
  const isWild = rng.chance(0.25)
  const rate = (wild: number) => (isWild ? rng.between(0, 100) / 100 : rng.between(0, 15) / 100) * wild
  return {
    seed,
    framing: rng.pick(['abridged', 'intermediate', 'padded'] as const),
    people: rng.between(2, 3),
    devicesEach: rng.between(1, 2),
    operations: rng.between(10, 40),
    lossRate: rng.chance(0.7) ? rate(0.5) : 0,
    duplicateRate: rng.chance(0.5) ? rate(0.5) : 0,
    reorderRate: rng.chance(0.5) ? rate(1) : 0,
    cutRate: rng.chance(0.6) ? rng.between(1, 50) / 1000 : 0,
    maxDelayMs: rng.pick([20, 400, 400, 3_000]),
    serverRestarts: rng.chance(0.4) ? rng.between(1, 3) : 0,
    forMs: rng.pick([5_000, 60_000]),
    settings: chatSettingsOf(rng),
  }
}

/** The same with a program that listens for each person. */
export function listenerScenarioOf(seed: number): WireScenario {
  const scenario = chatScenarioOf(seed)
  const rng = new Rng(Math.imul(seed, 0x2c1b3c6d) ^ 0x51ed270b)
  return { ...scenario, devicesEach: 2, listenerDeaths: rng.between(0, 6) }
}

const HOUR_MS = 3_600_000

/** Runs the chats of a scenario. */
export async function runChatsOverWire(scenario: WireScenario): Promise<ChatOutcome> {
  const { people, devicesEach, settings } = scenario
  const chats = await createChatWorld({ people, devicesEach, settings })
  try {
    return await new WireRun(scenario, chats).run()
  } finally {
    await chats.world.store.close()
  }
}

/** A client with its machine and its wire. */
interface Client {
  readonly session: Session | Listener
  readonly machine: Machine<ClientInput, ClientOutput>
  readonly wire: StreamWire
  wakeMs: number | undefined
}

class WireRun {
  readonly #scenario: WireScenario
  readonly #rng: Rng
  readonly #chats: ChatWorld
  readonly #agenda: Agenda
  readonly #startMs: number
  readonly #clients: Client[] = []
  readonly #keys = new Map<bigint, ServerKey>()
  readonly #transcript: string[] = []
  readonly #failures: unknown[] = []
  readonly #scene: Scene
  #life: Life
  #machine: Machine<ServerInput, ServerOutput>
  #lives = 0
  #serverWakeMs: number | undefined
  #lastConnection = 0
  #operations = 0

  constructor(scenario: WireScenario, chats: ChatWorld) {
    this.#scenario = scenario
    this.#rng = new Rng(scenario.seed)
    this.#chats = chats
    this.#startMs = chats.world.clock.nowMs()
    this.#agenda = new Agenda(this.#startMs)
    this.#life = this.#begin()
    this.#machine = this.#makeMachine()
    for (const { userId, devices } of chats.people) {
      for (const [index, device] of devices.entries()) {
        const isListener = scenario.listenerDeaths !== undefined && index === devices.length - 1
        this.#addClient(userId, index, device, isListener)
      }
    }
    this.#scene = new Scene(
      this.#rng,
      chats,
      this.#clients.flatMap(({ session }) => (session instanceof Session ? session : [])),
    )
  }

  get #listeners(): Listener[] {
    return this.#clients.flatMap(({ session }) => (session instanceof Listener ? session : []))
  }

  async run(): Promise<ChatOutcome> {
    const { forMs, operations, serverRestarts = 0 } = this.#scenario
    for (const client of this.#clients) this.#dial(client)
    const begun = this.#clients.map(({ session }) => session.begin().catch(this.#fail))
    await this.#until(() => this.#clients.every(({ session }) => !session.isBusy), HOUR_MS)
    await Promise.all(begun)
    const beginMs = this.#agenda.nowMs
    const sometime = (run: () => void) => this.#agenda.at(beginMs + this.#rng.between(0, forMs), run)
    for (let count = 0; count < operations; count++) sometime(() => this.#operate())
    for (let count = 0; count < serverRestarts; count++) sometime(() => this.#restart())
    for (const listener of this.#listeners) {
      for (let count = 0; count < (this.#scenario.listenerDeaths ?? 0); count++)
        sometime(() => void listener.restart().catch(this.#fail))
    }
    await this.#until(() => false, forMs)
    for (const { wire } of this.#clients) wire.isGood = true
    for (const { session } of this.#clients) if (session.isAway) session.comeBack()
    const isQuiet = () => this.#operations === 0 && this.#clients.every(({ session }) => !session.isBusy)
    await this.#until(isQuiet, 3 * HOUR_MS)
    if (!isQuiet()) this.#failures.push(new Error('a call was never answered'))
    for (const { session } of this.#clients) session.catchUp().catch(this.#fail)
    await this.#until(isQuiet, HOUR_MS)
    const wrong = [...this.#failures, ...this.#life.troubles].map(String)
    wrong.push(...(await violationsOf(this.#scene)))
    for (const listener of this.#listeners) wrong.push(...(await violationsOfListener(this.#chats, listener)))
    this.#life.end()
    return { wrong, scene: this.#scene, transcript: this.#transcript }
  }

  readonly #fail = (error: unknown): void => void this.#failures.push(error)

  /** Lets time pass, one appointment after the other, and each time everything happen that has no time. */
  async #until(isDone: () => boolean, forMs: number): Promise<void> {
    const endMs = this.#agenda.nowMs + forMs
    while (!isDone()) {
      let count = 0
      this.#agenda.run(endMs, () => count++ > 0)
      this.#chats.world.clock.setAhead(this.#agenda.nowMs - this.#startMs)
      do await new Promise((resolve) => setImmediate(resolve))
      while (this.#life.isBusy)
      if (count < 2) return
    }
  }

  #operate(): void {
    this.#operations += 1
    operate(this.#scene)
      .catch(this.#fail)
      .finally(() => {
        this.#operations -= 1
      })
  }

  // ---- the server ------------------------------------------------------------------------------------------

  #begin(): Life {
    return new Life({
      world: this.#chats.world,
      push: (session, body) => this.#step({ kind: 'push', session, body, instead: UPDATES_TOO_LONG }),
    })
  }

  #makeMachine(): Machine<ServerInput, ServerOutput> {
    return createServerMachine({
      random: new Rng(Math.imul(this.#scenario.seed, 37) + 2000 + this.#lives).bytes,
      rsaKeys: [RSA_KEY],
      saltSecret: new Uint8Array(32).fill(7),
      limits: { maxQueuedPushes: this.#chats.world.rules.settings.maxQueuedPushes },
    })
  }

  /** The process dies in the middle of what it does. */
  #restart(): void {
    this.#note('the server restarts')
    const { troubles } = this.#life
    this.#failures.push(...troubles)
    this.#life.end()
    this.#lives += 1
    this.#life = this.#begin()
    this.#machine = this.#makeMachine()
    this.#serverWakeMs = undefined
    for (const { wire } of this.#clients) wire.cut()
  }

  #step(input: ServerInput): void {
    for (const output of this.#machine.step(input, this.#agenda.nowMs)) this.#do(output)
    const { wakeAtMs } = this.#machine
    if (wakeAtMs === this.#serverWakeMs) return
    this.#serverWakeMs = wakeAtMs
    if (wakeAtMs === undefined) return
    this.#agenda.at(wakeAtMs, () => {
      if (this.#serverWakeMs !== wakeAtMs) return
      this.#serverWakeMs = undefined
      this.#step({ kind: 'wake' })
    })
  }

  #do(output: ServerOutput): void {
    switch (output.kind) {
      case 'send':
        this.#wireOf(output.connection)?.fromServer(output.connection, output.chunk)
        break
      case 'close':
        this.#wireOf(output.connection)?.close()
        break
      case 'needKey': {
        const { authKeyId } = output
        this.#inLife(() => this.#step({ kind: 'key', authKeyId, key: this.#keys.get(authKeyId) }))
        break
      }
      case 'request': {
        const { connection, session, msgId } = output
        const address = { ip: '127.0.0.1', localIp: '127.0.0.1' }
        this.#life.run({ ...address, connection, session, msgId, body: output.body.slice() }, (answered) =>
          this.#step({ kind: 'answer', session, msgId, body: answered.body }),
        )
        break
      }
    }
  }

  #wireOf(connection: ConnectionId): StreamWire | undefined {
    return this.#clients.find(({ wire }) => wire.has(connection))?.wire
  }

  /** Runs a moment later, unless the process has died by then. */
  #inLife(run: () => void): void {
    const lives = this.#lives
    this.#agenda.at(this.#agenda.nowMs + this.#rng.between(0, 20), () => {
      if (this.#lives === lives) run()
    })
  }

  // ---- clients ---------------------------------------------------------------------------------------------

  #addClient(userId: bigint, index: number, { key }: Device, isListener: boolean): void {
    const { seed, framing } = this.#scenario
    const createdAtS = Math.floor(this.#startMs / 1000) - 86_400
    this.#keys.set(key.id, { authKey: key, expiresAtS: undefined, firstSalt: 1n, createdAtS, dcId: 2 })
    const machine = createClientMachine({
      random: new Rng(Math.imul(seed, 31) + 1000 + this.#clients.length).bytes,
      framing,
      serverKeys: SERVER_KEYS,
      dcId: 2,
      initPrefix: INIT_PREFIX,
      keys: { authKey: key, timeOffsetMs: 0, salts: [] },
    })
    const name = `${userId}/${index + 1}`
    const listener = new Listener({
      name,
      userId,
      rng: this.#rng,
      agenda: this.#agenda,
      send: (callId, body) => this.#stepClient(client, { kind: 'call', callId, body }),
      note: (...parts) => this.#note(...parts),
    })
    const session = new Session({
      name,
      userId,
      way: { send: (_, callId, body) => this.#stepClient(client, { kind: 'call', callId, body }) },
      nextLimit: () => this.#rng.between(1, 12),
      note: (...parts) => this.#note(...parts),
      asksFromBegin: true,
    })
    const scenario = { ...this.#scenario, calls: 0 }
    const wire = new StreamWire({
      scenario,
      rng: this.#rng,
      agenda: this.#agenda,
      host: {
        open: () => this.#open(),
        toServer: (connection, chunk) => this.#step({ kind: 'bytes', connection, chunk }),
        onArrived: () => undefined,
        toClient: (input) => this.#stepClient(client, input),
        onEnded: () => undefined,
        onCut: (connections) => this.#onCut(client, connections),
        note: () => undefined,
      },
    })
    const client: Client = { session: isListener ? listener : session, machine, wire, wakeMs: undefined }
    this.#clients.push(client)
  }

  #open(): ConnectionId {
    this.#lastConnection += 1
    this.#step({ kind: 'opened', connection: this.#lastConnection, framing: 'detect' })
    return this.#lastConnection
  }

  #onCut(client: Client, connections: readonly ConnectionId[]): void {
    for (const connection of connections) this.#step({ kind: 'closed', connection })
    this.#stepClient(client, { kind: 'closed' })
    this.#agenda.at(this.#agenda.nowMs + this.#rng.between(10, 2_000), () => this.#dial(client))
  }

  #dial(client: Client): void {
    client.wire.open()
    this.#stepClient(client, { kind: 'opened' })
  }

  #stepClient(client: Client, input: ClientInput): void {
    for (const output of client.machine.step(input, this.#agenda.nowMs)) this.#doClient(client, output)
    const { wakeAtMs } = client.machine
    if (wakeAtMs === client.wakeMs) return
    client.wakeMs = wakeAtMs
    if (wakeAtMs === undefined) return
    this.#agenda.at(wakeAtMs, () => {
      if (client.wakeMs !== wakeAtMs) return
      client.wakeMs = undefined
      this.#stepClient(client, { kind: 'wake' })
    })
  }

  #doClient({ session, wire }: Client, output: ClientOutput): void {
    switch (output.kind) {
      case 'send':
        wire.fromClient(output.chunk)
        break
      case 'result':
        session.answered(output.callId, output.body)
        break
      case 'refused':
        session.answered(output.callId, output.error as RpcError)
        break
      case 'update':
        session.pushed(output.body)
        break
      case 'newSession':
        this.#note(session.name, 'new session')
        this.#agenda.at(this.#agenda.nowMs, () => session.renewed())
        break
      case 'reconnect':
        wire.cut()
        break
      case 'failed':
        this.#failures.push(output.error)
        break
    }
  }

  #note(...parts: readonly unknown[]): void {
    this.#transcript.push(`${this.#agenda.nowMs - this.#startMs} ${parts.map(stable).join(' ')}`)
  }
}

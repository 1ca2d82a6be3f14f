/**
 * The real client against the real server's machine and rules, in virtual time: an hour in which packets are lost, doubled and
 * late, connections break, servers and programs die, clocks are set, and the server refuses, floods and migrates.
 */

import { Agenda, Rng, RSA_PUBLIC_PEM } from '@cablegram/mtproto/testing'
import type { PeerLike } from '../../../packages/client/src/index.ts'
import type { ServerInfo } from '../../../packages/client/src/server/server.ts'
import { accessHashOf } from '../../../packages/server/src/api/access-hash.ts'
import { HANDLERS } from '../../../packages/server/src/api/index.ts'
import { contextOf } from '../../../packages/server/src/api/test-context.ts'
import type { Fault } from '../../../packages/server/src/rpc/faults.ts'
import { stable } from '../chats/seen.ts'
import { type ChatWorld, createChatWorld, type Device } from '../chats/world.ts'
import { violationsOfPrograms } from './checks.ts'
import { preload } from './preload.ts'
import { Program } from './program.ts'
import type { ClientScenario } from './scenario.ts'
import { DATA_CENTRES, SimulatedServer } from './server.ts'
import { signedInSession } from './signed-in-session.ts'

/** The result of a simulation. */
export interface ClientOutcome {
  readonly wrong: readonly string[]
  readonly programs: readonly Program[]
  readonly restarts: number
  readonly transcript: readonly string[]
}

const SEE_OTHER = 303
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const LONGEST_SLEEP_MS = 20 * 60_000
/** The longest that a program is away after it was killed. */
const LONGEST_AWAY_MS = 5 * MINUTE_MS
/** The longest that a client may not notice that updates are missing, and some more. */
const QUIET_MS = 20 * MINUTE_MS

/** Runs the scenario. */
export async function runClients(scenario: ClientScenario): Promise<ClientOutcome> {
  await preload()
  const { people, devicesEach, settings } = scenario
  const chats = await createChatWorld({ people, devicesEach, settings })
  try {
    return await new ClientRun(scenario, chats).run()
  } finally {
    await chats.world.store.close()
  }
}

class ClientRun {
  readonly #scenario: ClientScenario
  readonly #rng: Rng
  readonly #chats: ChatWorld
  readonly #agenda: Agenda
  readonly #startMs: number
  readonly #server: SimulatedServer
  readonly #programs: Program[] = []
  readonly #transcript: string[] = []
  readonly #failures: string[] = []

  constructor(scenario: ClientScenario, chats: ChatWorld) {
    const { seed } = scenario
    this.#scenario = scenario
    this.#chats = chats
    this.#rng = new Rng(seed)
    this.#startMs = chats.world.clock.nowMs()
    this.#agenda = new Agenda(this.#startMs)
    this.#server = new SimulatedServer({ seed, rng: this.#rng, agenda: this.#agenda, chats })
    for (const { userId, devices } of chats.people) {
      for (const [index, device] of devices.entries()) this.#addProgram(userId, index, device)
    }
  }

  async run(): Promise<ClientOutcome> {
    const group = await this.#makeGroup()
    for (const program of this.#programs) program.begin()
    await this.#until(() => this.#programs.every(({ isBusy }) => !isBusy), HOUR_MS)
    this.#plan(group)
    await this.#until(() => false, this.#scenario.forMs)
    this.#server.faults.clear()
    for (const program of this.#programs) program.heal()
    const isQuiet = () => this.#programs.every(({ isBusy }) => !isBusy)
    await this.#until(() => false, QUIET_MS)
    await this.#until(isQuiet, HOUR_MS)
    if (!isQuiet())
      this.#failures.push(`it does not end: ${this.#programs.map(({ standing }) => standing).join('; ')}`)
    const closed = this.#programs.map((program) => program.close())
    await this.#until(() => false, MINUTE_MS)
    await Promise.race([Promise.all(closed), new Promise((resolve) => setImmediate(resolve))])
    this.#server.end()
    const wrong = [...this.#failures, ...this.#server.troubles.map(String)]
    for (const program of this.#programs) wrong.push(...program.wrong)
    wrong.push(...(await violationsOfPrograms(this.#chats, this.#programs)))
    return {
      wrong,
      programs: this.#programs,
      restarts: this.#server.restarts,
      transcript: this.#transcript,
    }
  }

  /** Puts everything on the agenda that happens in the hour. */
  #plan(group: bigint): void {
    const { operations, serverRestarts, longestOutageMs, kills, closes, clockJumps, sleeps, faults, forMs } =
      this.#scenario
    const rng = this.#rng
    const beginMs = this.#agenda.nowMs
    const sometime = (count: number, act: (program: Program) => void): void => {
      for (let index = 0; index < count; index++) {
        this.#agenda.at(beginMs + rng.between(0, forMs), () => act(this.#anyProgram()))
      }
    }
    sometime(operations, (program) => this.#operate(program, group))
    sometime(serverRestarts, () => this.#server.restart(rng.between(0, longestOutageMs)))
    sometime(kills, (program) => program.kill(rng.between(0, LONGEST_AWAY_MS)))
    sometime(closes, (program) => void program.reopen())
    sometime(clockJumps, (program) => program.jumpClock(rng.between(-3 * HOUR_MS, 3 * HOUR_MS)))
    sometime(sleeps, (program) => program.sleep(rng.between(1_000, LONGEST_SLEEP_MS)))
    sometime(faults, () => this.#addFault())
  }

  #operate(program: Program, group: bigint): void {
    const rng = this.#rng
    if (program.isAsleep) return
    const peer = rng.chance(0.5) ? group : this.#otherThan(program.userId)
    const [send, read, ask] = [0.5, 0.7, 0.9]
    const draw = rng.next()
    if (draw < send) void program.send(peer)
    else if (draw < read) void program.read(peer)
    else if (draw < ask) void program.ask()
    else void program.sendFile(peer, rng.between(1, 300_000))
  }

  /** Somebody else, as a program names people of whom its session has not heard. */
  #otherThan(viewerId: bigint): PeerLike {
    const { people, world } = this.#chats
    const [first, ...more] = people.filter(({ userId }) => userId !== viewerId)
    if (first === undefined) return 'me'
    const { userId } = this.#rng.pick([first, ...more])
    return { _: 'inputPeerUser', userId, accessHash: accessHashOf(world.rules, viewerId, userId) }
  }

  /** What the server is told to do wrong, to the next few requests. */
  #addFault(): void {
    const rng = this.#rng
    const [, other] = DATA_CENTRES
    const times = rng.between(1, 4)
    const fault: Fault = rng.pick<Fault>([
      { badSalt: true, times },
      { error: { code: 420, type: `FLOOD_WAIT_${rng.between(1, 30)}` }, times },
      { method: 'updates.getDifference', error: { code: 420, type: 'FLOOD_WAIT_7' }, times },
      { error: { code: 500, type: 'INTERNAL' }, times },
      { error: { code: -503, type: 'Timeout' }, times },
      { method: 'help.getNearestDc', error: { code: 303, type: `STATS_MIGRATE_${other}` }, times: 1 },
      { fileDc: other, times: rng.between(1, 3) },
      { transport: -429, times },
      { drop: true, times },
      { close: true, times },
      { drop: true, close: true, times: 1 },
      { cut: true, times },
      { delayMs: rng.between(0, 20_000), times },
      { push: 'drop', times: rng.between(1, 10) },
      { push: 'double', times: rng.between(1, 10) },
      { push: 'delay', delayMs: rng.between(0, 20_000), times: rng.between(1, 10) },
      { push: 'reorder', times: rng.between(1, 10) },
      { difference: 'slice', times: rng.between(1, 10) },
      { difference: 'outdated', times },
    ])
    // Two moves at once would send a call on from where the first one has sent it.
    if (fault.error?.code === SEE_OTHER && this.#isMoving) return
    this.#note('fault', fault)
    this.#server.faults.add(fault)
  }

  get #isMoving(): boolean {
    return this.#server.faults.list().some(({ error }) => error?.code === SEE_OTHER)
  }

  #anyProgram(): Program {
    const [first, ...others] = this.#programs
    if (first === undefined) throw new Error('there is no program')
    return this.#rng.pick([first, ...others])
  }

  /** Everybody is in a group, so that everybody has written to nobody in vain. */
  async #makeGroup(): Promise<bigint> {
    const { world, people } = this.#chats
    const [maker, ...others] = people
    const createChat = HANDLERS['messages.createChat']
    if (maker?.devices[0] === undefined || createChat === undefined)
      throw new Error('nobody can make a group')
    const users = others.map(({ userId }) => ({
      _: 'inputUser' as const,
      userId,
      accessHash: accessHashOf(world.rules, maker.userId, userId),
    }))
    const made = await createChat(
      { _: 'messages.createChat', users, title: 'all' },
      contextOf(world, maker.devices[0].caller),
    )
    const [chat] = made.updates._ === 'updates' ? made.updates.chats : []
    if (chat === undefined) throw new Error(`a group was answered with ${stable(made)}`)
    return -chat.id
  }

  /** Lets time pass, one appointment after the other, and each time everything happen that needs none. */
  async #until(isDone: () => boolean, forMs: number): Promise<void> {
    const endMs = this.#agenda.nowMs + forMs
    while (!isDone()) {
      let count = 0
      this.#agenda.run(endMs, () => count++ > 0)
      this.#chats.world.clock.setAhead(this.#agenda.nowMs - this.#startMs)
      do await new Promise((resolve) => setImmediate(resolve))
      while (this.#server.isBusy)
      if (count < 2) return
    }
  }

  #addProgram(userId: bigint, index: number, { key }: Device): void {
    const { seed } = this.#scenario
    const number = this.#programs.length + 1
    const name = `${userId}/${index + 1}`
    this.#programs.push(
      new Program({
        name,
        number,
        seed,
        userId,
        rng: this.#rng,
        agenda: this.#agenda,
        server: this.#server,
        rates: this.#scenario,
        info: SERVER,
        session: signedInSession(SERVER, { userId, dcId: DATA_CENTRES[0], authKey: key.key }),
        isPfs: number % 2 === 0,
        forgetsCursor: this.#scenario.forgetsCursor,
        note: (...parts) => this.#note(...parts),
      }),
    )
  }

  #note(...parts: readonly unknown[]): void {
    this.#transcript.push(`${this.#agenda.nowMs - this.#startMs} ${parts.map(stable).join(' ')}`)
  }
}

const SERVER: ServerInfo = {
  dcs: DATA_CENTRES.map((id) => ({ id, host: `dc-${id}`, port: 443 })),
  publicKeys: [{ pem: RSA_PUBLIC_PEM }],
  apps: [{ apiId: 1, apiHash: '0123456789abcdef0123456789abcdef' }],
}

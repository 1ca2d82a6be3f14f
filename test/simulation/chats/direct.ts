/** Chats of a seed without a wire: calls go to the dispatcher, and updates come through a gate that may lose them. */
import { RpcError, type SessionRef } from '@cablegram/mtproto'
import { Rng } from '@cablegram/mtproto/testing'
import { TlReader } from '@cablegram/tl'
import { encodeRequest } from '@cablegram/tl/api'
import type { Nudge } from '../../../packages/server/src/bus/nudge.ts'
import type { Store } from '../../../packages/server/src/database/store.ts'
import type { Settings } from '../../../packages/server/src/ground/settings.ts'
import type { PushFault } from '../../../packages/server/src/rpc/faults.ts'
import { violationsOf } from './checks.ts'
import { CLIENT_LAYER, Life } from './node.ts'
import { operate } from './operations.ts'
import { Scene } from './scene.ts'
import { stable } from './seen.ts'
import { Session } from './session.ts'
import { type ChatWorld, createChatWorld } from './world.ts'

/** A simulation of chats. */
export interface ChatRun {
  readonly seed: number
  readonly operations: number
  readonly people?: number
  readonly devicesEach?: number
  /** Of updates. */
  readonly faultRate?: number
  /** Operations that may be under way at once; 1: each ends before the next. */
  readonly atOnce?: number
  readonly settings?: Partial<Settings>
  /** Leaves the invariants to others. */
  readonly isUnchecked?: boolean
  readonly openStore?: (onNudges: (nudges: readonly Nudge[]) => void) => Promise<Store>
}

/** The result of a simulation. */
export interface ChatOutcome {
  readonly wrong: readonly string[]
  readonly scene: Scene
  /** Everything that came to a session, in its order. */
  readonly transcript: readonly string[]
}

const RPC_ERROR = 0x2144ca19
const ADVANCE_MS = 3_000
const FAULTS: readonly [PushFault, ...PushFault[]] = ['drop', 'double', 'delay', 'reorder']

/** Wrapped around every call: the dispatcher takes it off. */
export const INIT_PREFIX: Uint8Array = initPrefix()

function initPrefix(): Uint8Array {
  const query = encodeRequest({ _: 'help.getNearestDc' })
  const wrapped = encodeRequest({
    _: 'invokeWithLayer',
    layer: CLIENT_LAYER,
    query: encodeRequest({
      _: 'initConnection',
      apiId: 1,
      deviceModel: 'simulated',
      systemVersion: '1',
      appVersion: '1',
      systemLangCode: 'en',
      langPack: '',
      langCode: 'en',
      query,
    }),
  })
  return wrapped.slice(0, -query.length)
}

/** An answer's error, if it is one. */
export function errorIn(body: Uint8Array): RpcError | undefined {
  const reader = new TlReader(body)
  return reader.uint() === RPC_ERROR ? new RpcError(reader.int(), reader.string()) : undefined
}

/** Runs the chats of a seed. */
export async function runChats(run: ChatRun): Promise<ChatOutcome> {
  const { people = 3, devicesEach = 2, settings, openStore } = run
  const chats = await createChatWorld({
    people,
    devicesEach,
    ...(settings && { settings }),
    ...(openStore && { openStore }),
  })
  try {
    return await new DirectRun(run, chats).run()
  } finally {
    await chats.world.store.close()
  }
}

class DirectRun {
  readonly #run: ChatRun
  readonly #rng: Rng
  readonly #chats: ChatWorld
  readonly #life: Life
  readonly #scene: Scene
  readonly #sessions = new Map<bigint, { readonly session: Session; readonly ref: SessionRef }>()
  readonly #late: (() => void)[] = []
  readonly #transcript: string[] = []
  #faultRate = 0
  #lastMsgId = 0n

  constructor(run: ChatRun, chats: ChatWorld) {
    this.#run = run
    this.#rng = new Rng(run.seed)
    this.#chats = chats
    this.#life = new Life({
      world: chats.world,
      push: ({ authKeyId }, body) => this.#sessions.get(authKeyId)?.session.pushed(body),
      gate: {
        faults: { hasPushFaults: true, takePush: async () => this.#fault() },
        delays: { wait: () => new Promise((end) => this.#late.push(end)) },
      },
    })
    this.#scene = new Scene(this.#rng, chats, this.#makeSessions(), run.atOnce === 1)
  }

  #makeSessions(): Session[] {
    const way = {
      send: (session: Session, callId: number, body: Uint8Array) => this.#send(session, callId, body),
    }
    return this.#chats.people.flatMap(({ userId, devices }) =>
      devices.map(({ key: { id: authKeyId } }, device) => {
        const session = new Session({
          name: `${userId}/${device + 1}`,
          userId,
          way,
          asksFromBegin: (this.#run.faultRate ?? 0) > 0,
          nextLimit: () => this.#rng.between(1, 12),
          note: (...parts) => void this.#transcript.push(parts.map(stable).join(' ')),
        })
        this.#sessions.set(authKeyId, { session, ref: { authKeyId, sessionId: authKeyId + 500n } })
        return session
      }),
    )
  }

  #fault() {
    // Without faults nothing is drawn: updates come in another order from another engine.
    if (this.#faultRate === 0 || !this.#rng.chance(this.#faultRate)) return undefined
    return { push: this.#rng.pick(FAULTS), delayMs: 5 }
  }

  #send(session: Session, callId: number, query: Uint8Array): void {
    const found = [...this.#sessions.values()].find((each) => each.session === session)
    if (found === undefined) return
    const body = new Uint8Array([...INIT_PREFIX, ...query])
    this.#lastMsgId += 4n
    const address = { ip: '127.0.0.1', localIp: '127.0.0.1', connection: 1 }
    this.#life.run({ ...address, session: found.ref, msgId: this.#lastMsgId, body }, ({ body: answer }) =>
      session.answered(callId, errorIn(answer) ?? answer),
    )
  }

  async run(): Promise<ChatOutcome> {
    const { operations, atOnce = 4, faultRate = 0 } = this.#run
    const { sessions } = this.#scene
    await Promise.all(sessions.map((session) => session.begin()))
    this.#faultRate = faultRate
    const running = new Set<Promise<void>>()
    const failures: unknown[] = []
    for (let count = 0; count < operations; count++) {
      const operation = operate(this.#scene).catch((error: unknown) => void failures.push(error))
      const ended = operation.then(() => void running.delete(ended))
      running.add(ended)
      if (running.size >= atOnce) await (atOnce === 1 ? this.#settle(running) : Promise.race(running))
      if (this.#rng.chance(0.3)) this.#endWaits()
      if (this.#rng.chance(0.2)) this.#chats.world.clock.advance(this.#rng.between(0, ADVANCE_MS))
    }
    await this.#settle(running)
    this.#faultRate = 0
    this.#endWaits()
    await this.#settle(running)
    for (const session of sessions) {
      if (session.isAway) session.comeBack()
      await session.catchUp()
    }
    await this.#settle(running)
    const wrong = [...failures, ...this.#life.troubles].map(String)
    if (this.#run.isUnchecked !== true) wrong.push(...(await violationsOf(this.#scene)))
    if (faultRate === 0) wrong.push(...this.#gaps())
    this.#life.end()
    return { wrong, scene: this.#scene, transcript: this.#transcript }
  }

  /** Sessions that lose nothing hear of every pts in its turn. */
  #gaps(): string[] {
    const broken = this.#scene.sessions.filter(({ gaps, hasBeenAway }) => gaps > 0 && !hasBeenAway)
    return broken.map(({ name, gaps }) => `${name} has missed pts ${gaps} times`)
  }

  /** Waits until nothing goes on. */
  async #settle(running: ReadonlySet<Promise<void>>): Promise<void> {
    do {
      await new Promise((resolve) => setImmediate(resolve))
    } while (running.size > 0 || this.#life.isBusy || this.#scene.sessions.some(({ isBusy }) => isBusy))
  }

  #endWaits(): void {
    for (const end of this.#late.splice(0)) end()
  }
}

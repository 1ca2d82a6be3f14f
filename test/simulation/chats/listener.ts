/**
 * A program that only listens, with the client's own machine of updates: its handlers take their time, and it is killed and
 * started again with what it has saved.
 */
import { RpcError } from '@cablegram/mtproto'
import type { Agenda, Rng } from '@cablegram/mtproto/testing'
import {
  decode,
  decodeResult,
  encodeRequest,
  type MethodName,
  type Params,
  type Results,
} from '@cablegram/tl/api'
import { UpdatesEngine } from '../../../packages/client/src/updates/engine.ts'
import type { Health, UpdateEvent } from '../../../packages/client/src/updates/words.ts'
import { Knowledge } from './knowledge.ts'
import { RecentPeers } from './recent-peers.ts'
import type { AnyRequest } from './session.ts'

/** A message as the handlers of a program were told of it. */
export interface ToldMessage {
  readonly id: number
  /** The number of starts before. */
  readonly life: number
  /** The pts that the program had saved when this life began. */
  readonly sincePts: number
}

/** Parts of a listener. */
export interface ListenerParts {
  readonly name: string
  readonly userId: bigint
  readonly rng: Rng
  readonly agenda: Agenda
  readonly send: (callId: number, body: Uint8Array) => void
  readonly note: (...parts: readonly unknown[]) => void
}

interface Waiting {
  readonly method: MethodName
  resolve(answer: unknown): void
  reject(error: unknown): void
}

/** One program that listens. */
export class Listener {
  readonly name: string
  readonly userId: bigint
  /** What its handlers have done with what they were told. */
  readonly knowledge: Knowledge = new Knowledge(0)
  readonly told: ToldMessage[] = []
  readonly failures: unknown[] = []
  readonly losses: Health[] = []
  /** The pts at which it began to listen. */
  beginPts: number | undefined
  isAway = false
  readonly #parts: ListenerParts
  readonly #saved = new Map<string, string>()
  readonly #waiting = new Map<number, Waiting>()
  readonly #peers = new RecentPeers()
  #engine: UpdatesEngine | undefined
  #life = 0
  #lastCall = 0
  #sincePts = 0
  #handling = 0
  #lastDoneMs = 0
  #isCurrent = false

  constructor(parts: ListenerParts) {
    this.#parts = parts
    this.name = parts.name
    this.userId = parts.userId
  }

  /** True while it waits for something. */
  get isBusy(): boolean {
    return this.#waiting.size > 0 || this.#handling > 0 || !this.#isCurrent
  }

  async begin(): Promise<void> {
    await this.#start()
  }

  /** It dies where it is, and a new process begins with what was saved. */
  async restart(): Promise<void> {
    this.#parts.note(this.name, 'dies')
    this.#life += 1
    this.#handling = 0
    this.#waiting.clear()
    await this.#start()
  }

  answered(callId: number, outcome: Uint8Array | RpcError): void {
    const waiting = this.#waiting.get(callId)
    if (waiting === undefined) return
    this.#waiting.delete(callId)
    if (outcome instanceof RpcError) waiting.reject(outcome)
    else {
      const answer = decodeResult(waiting.method, outcome.slice())
      this.#peers.remember(answer as object)
      waiting.resolve(answer)
    }
  }

  pushed(body: Uint8Array): void {
    const updates = decode('Updates', body.slice())
    this.#peers.remember(updates)
    this.#engine?.push(updates)
  }

  renewed(): void {
    this.#engine?.step({ kind: 'missed' })
  }

  comeBack(): void {
    this.renewed()
  }

  async catchUp(): Promise<void> {
    this.renewed()
  }

  async #start(): Promise<void> {
    const life = this.#life
    const { agenda } = this.#parts
    this.#isCurrent = false
    this.#sincePts = this.#savedPts()
    const isAlive = () => this.#life === life
    const engine = new UpdatesEngine({
      userId: this.userId,
      peers: this.#peers,
      clock: {
        nowMs: () => agenda.nowMs,
        after: (delayMs, action) => {
          let isOn = true
          agenda.at(agenda.nowMs + delayMs, () => {
            if (isOn && isAlive()) action()
          })
          return () => {
            isOn = false
          }
        },
      },
      storage: {
        get: async (key) => this.#saved.get(key),
        write: async (changes) => {
          if (!isAlive()) return
          for (const [key, text] of changes) {
            if (text === undefined) this.#saved.delete(key)
            else this.#saved.set(key, text)
          }
          this.beginPts ??= this.#savedPts()
        },
      },
      call: (method, params) => this.#call(method, params),
      onUpdate: (event, done) => this.#handle(event, done, isAlive),
      onHealth: (health) => this.#onHealth(health),
      onError: (error) => this.failures.push(error),
    })
    this.#engine = engine
    await engine.begin()
  }

  #call<Method extends MethodName>(method: Method, params: Params<Method>): Promise<Results[Method]> {
    this.#lastCall += 1
    const callId = this.#lastCall
    const answered = new Promise<unknown>((resolve, reject) =>
      this.#waiting.set(callId, { method, resolve, reject }),
    )
    this.#parts.send(callId, encodeRequest({ ...params, _: method } as unknown as AnyRequest))
    return answered as Promise<Results[Method]>
  }

  /** A handler that takes a while; what it knows afterwards is what counts. */
  #handle({ update }: UpdateEvent, done: () => void, isAlive: () => boolean): void {
    const { rng, agenda, note } = this.#parts
    note(this.name, 'told', update)
    if (update._ === 'updateNewMessage')
      this.told.push({ id: update.message.id, life: this.#life, sincePts: this.#sincePts })
    this.#handling += 1
    this.#lastDoneMs = Math.max(
      this.#lastDoneMs,
      agenda.nowMs + (rng.chance(0.4) ? rng.between(0, 8_000) : 0),
    )
    agenda.at(this.#lastDoneMs, () => {
      if (!isAlive()) return
      this.#handling -= 1
      this.knowledge.take(update)
      done()
    })
  }

  #onHealth(health: Health): void {
    if (health.kind === 'lost') this.losses.push(health)
    if (health.kind === 'current') this.#isCurrent = true
    if (health.kind === 'behind') this.#isCurrent = false
  }

  #savedPts(): number {
    const text = this.#saved.get('updates')
    return text === undefined ? 0 : Number(JSON.parse(text).pts)
  }
}

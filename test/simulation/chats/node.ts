/** One life of the server's process over a store that stays: rules, subscribers and dispatcher, and what they remember. */
import type { SessionRef } from '@cablegram/mtproto'
import { encode, LAYER } from '@cablegram/tl/api'
import pino from 'pino'
import type { GatewayRequest } from '../../../packages/server/src/gateway/driver.ts'
import { NO_LANG_PACKS } from '../../../packages/server/src/lang-packs/index.ts'
import type { Outcome } from '../../../packages/server/src/rpc/apply-fault.ts'
import { Dispatcher, type DispatchOptions } from '../../../packages/server/src/rpc/dispatch.ts'
import { DuplicateKeys } from '../../../packages/server/src/rpc/duplicate-keys.ts'
import { Faults } from '../../../packages/server/src/rpc/faults.ts'
import { LayerCodecs } from '../../../packages/server/src/rpc/layer-codecs.ts'
import { PushGate, type PushGateParts } from '../../../packages/server/src/rpc/push-gate.ts'
import { Subscribers } from '../../../packages/server/src/rpc/subscribers.ts'
import { createRules, type Rules } from '../../../packages/server/src/rules/rules.ts'
import type { World } from '../../../packages/server/src/rules/test-world.ts'

/** Options of a life. */
export interface LifeOptions {
  readonly world: World
  readonly push: (session: SessionRef, body: Uint8Array) => void
  /** Loses, doubles and delays updates. */
  readonly gate?: PushGateParts
  /** Faults of requests, and their waits. */
  readonly faults?: Faults
  readonly delays?: DispatchOptions['delays']
}

/** An outcome of a request that the client is to be told. */
export type Answered = Extract<Outcome, { kind: 'answered' }>
/** An outcome that a fault keeps from the client. */
export type Withheld = Extract<Outcome, { kind: 'withheld' }>

/** The same for each life. */
const CODECS = new LayerCodecs()

/** The update that replaces others of which too many wait. */
export const UPDATES_TOO_LONG: Uint8Array = encode('Updates', { _: 'updatesTooLong' })

/** A process of the server. It ends without goodbye. */
export class Life {
  /** The rules with the memory of this life. */
  readonly rules: Rules
  readonly #dispatcher: Dispatcher
  readonly #unsubscribe: () => void
  readonly #running = new Set<Promise<unknown>>()
  /** Errors inside the server that its log would have. */
  readonly troubles: unknown[] = []
  #hasEnded = false

  constructor({ world, push, gate, faults, delays }: LifeOptions) {
    const { store, clock, bus, inbox, rules } = world
    const own = createRules({ ...rules, store, clock, bus, courier: inbox.courier })
    this.rules = own
    const onTrouble = (error: unknown): void => void this.troubles.push(error)
    const subscribers = new Subscribers(own, CODECS, {
      onTrouble,
      ...(gate && { gate: new PushGate(gate) }),
    })
    const nowMs = () => clock.nowMs()
    const outlet = {
      nowS: () => Math.floor(nowMs() / 1000),
      push: (session: SessionRef, body: Uint8Array) => {
        if (!this.#hasEnded) push(session, body)
      },
    }
    this.#unsubscribe = bus.subscribe((nudge) => this.#track(subscribers.hear(nudge, outlet)))
    this.#dispatcher = new Dispatcher({
      rules: own,
      nowMs,
      langPacks: NO_LANG_PACKS,
      dataCentresFor: () => [],
      codecs: CODECS,
      subscribers,
      duplicateKeys: new DuplicateKeys(own.settings),
      faults: faults ?? new Faults(),
      waitTimeoutCode: own.settings.waitTimeoutCode,
      delays: delays ?? { wait: async () => undefined },
      startTimer: () => () => undefined,
      turnClock: () => 0,
      logger: logger(onTrouble),
    })
  }

  /** True while something goes on. */
  get isBusy(): boolean {
    return this.busyWith > 0
  }

  /** The requests and updates that are being worked on. */
  get busyWith(): number {
    return this.#running.size
  }

  /**
   * Runs a request. `onAnswer` is told at the moment at which the answer may leave, unless the process has ended, and
   * `onWithheld` instead if a fault withholds it.
   */
  run(
    request: GatewayRequest,
    onAnswer: (outcome: Answered) => void,
    onWithheld: (outcome: Withheld) => void = () => undefined,
  ): void {
    this.#track(
      this.#dispatcher.run(request).then((outcome: Outcome) => {
        if (this.#hasEnded) return
        if (outcome.kind === 'withheld') return onWithheld(outcome)
        onAnswer(outcome)
        outcome.onSent?.()
      }),
    )
  }

  /** Ends the node. Decisions that were made stay, and nobody is told of them. */
  end(): void {
    this.#hasEnded = true
    this.#unsubscribe()
  }

  #track(work: Promise<unknown>): void {
    const done = (): void => void this.#running.delete(settled)
    const settled = work.then(done, (error: unknown) => {
      this.troubles.push(error)
      done()
    })
    this.#running.add(settled)
  }
}

/** A log that keeps errors alone. */
function logger(onError: (error: unknown) => void) {
  return pino(
    { level: 'error' },
    { write: (line: string) => onError(new Error(`the server logged: ${line}`)) },
  )
}

/** The layer that simulated clients speak. */
export const CLIENT_LAYER: number = LAYER

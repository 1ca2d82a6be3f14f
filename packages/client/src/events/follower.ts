import { ConnectionError, RpcError } from '@cablegram/mtproto'
import type { Updates } from '@cablegram/tl/api'
import { idOfPeer } from '../peers/ids.ts'
import type { UpdateStats } from '../stats.ts'
import { UpdatesEngine } from '../updates/engine.ts'
import { UpdatesError } from '../updates/errors.ts'
import type { Health, UpdateEvent } from '../updates/words.ts'
import { eventOf, type MadeEvent } from './events-of.ts'
import type { Handlers } from './handlers.ts'
import { Lanes } from './lanes.ts'
import { errorOfLoss } from './loss.ts'
import type { EventsParts, Teller } from './parts.ts'

/** Parts of a follower. */
export interface FollowerParts extends EventsParts {
  readonly userId: bigint
  readonly handlers: Handlers
  readonly events: Teller
}

/** The handlers of an event; the result says whether they have handled it. */
type Work = () => Promise<boolean>

/** The lane in which every update passes as it came. */
const RAW_LANE = 'raw'

/** How long handlers that run may take to end when the client closes. */
const CLOSE_WAIT_MS = 5_000

/** Follows the updates of an account, and hands them to its handlers: in order for each chat. */
export class Follower {
  readonly #parts: FollowerParts
  readonly #engine: UpdatesEngine
  readonly #lanes: Lanes
  /** The ends of the pieces of work that handlers are at. */
  readonly #running = new Set<() => void>()
  #onIdle: () => void = () => {}
  #onPlaced: () => void = () => {}
  /** Resolves when it is known from where updates are followed, or that this takes longer. */
  readonly placed: Promise<void> = new Promise((resolve) => {
    this.#onPlaced = resolve
  })
  #delivered = 0
  #gaps = 0
  #isCaughtUp = false

  constructor(parts: FollowerParts) {
    this.#parts = parts
    const { clock, storageOf, call, userId, events } = parts
    const { peers } = parts.client
    this.#lanes = new Lanes({ clock, onSlow: (lane) => events.fail(slowError(lane)) })
    this.#engine = new UpdatesEngine({
      userId,
      catchUp: parts.catchUp,
      onStep: parts.traceMachine?.(userId),
      clock,
      storage: storageOf(userId),
      call,
      peers: {
        knows: (named) => named.every((peer) => peers.recent(idOfPeer(peer)) !== undefined),
        accessHashOf: async (channelId) =>
          (await peers.byId(idOfPeer({ _: 'peerChannel', channelId })))?.accessHash,
      },
      onUpdate: (event, done) => this.#take(event, done),
      onHealth: (health, error) => this.#onHealth(health, error),
      onError: (error) => events.fail(error),
    })
  }

  get stats(): UpdateStats {
    const { unconfirmed = 0, waiting = 0, channels = 0 } = this.#engine.tableSizes
    const counts = { unconfirmed, waiting, channels }
    return { isCaughtUp: this.#isCaughtUp, delivered: this.#delivered, gaps: this.#gaps, ...counts }
  }

  async begin(): Promise<void> {
    if (await this.#engine.begin()) this.#onPlaced()
  }

  push(updates: Updates): void {
    this.#engine.push(updates)
  }

  missed(isUnreadable: boolean): void {
    this.#engine.step({ kind: 'missed', isUnreadable })
  }

  onSuspect(): void {
    this.#engine.resetTimers()
  }

  answered(method: string, params: object, answer: unknown): void {
    this.#engine.answered(method, params, answer)
  }

  /**
   * Begins no more handlers, and resolves when those that run have ended, or after a time. A handler that calls this counts as
   * done, because it waits for the end itself.
   */
  async drain(): Promise<void> {
    const own = this.#parts.origins.current()
    if (own && this.#running.has(own)) own()
    this.#lanes.close()
    if (this.#running.size === 0) return
    const before = this.#onIdle
    await new Promise<void>((resolve) => {
      const cancel = this.#parts.clock.after(CLOSE_WAIT_MS, resolve)
      this.#onIdle = () => {
        cancel()
        before()
        resolve()
      }
    })
  }

  async close(): Promise<void> {
    this.#onPlaced()
    this.#lanes.close()
    await this.#engine.close()
  }

  /** Hands an update to its handlers. It is done when all of them are. */
  #take(taken: UpdateEvent, done: () => void): void {
    const { handlers } = this.#parts
    this.#delivered += 1
    const isHeard = (name: MadeEvent['name'] | 'raw') => handlers.has(name)
    const made = eventOf(taken, this.#parts)
    const works: (readonly [lane: string, work: Work])[] = []
    if (isHeard('raw')) works.push([RAW_LANE, () => this.#run('raw', taken.update)])
    if (made && isHeard(made.name)) works.push([made.lane, () => this.#run(made.name, made.event)])
    let left = works.length
    if (left === 0) done()
    for (const [lane, work] of works) {
      this.#lanes.add(lane, () =>
        this.#follow(work, () => {
          left -= 1
          if (left === 0) done()
        }),
      )
    }
  }

  /** Does a piece of work, and calls `done` once: at its end, or when it closes the client. Not if it was left undone. */
  async #follow(work: Work, done: () => void): Promise<void> {
    const leave = (isDone: boolean) => {
      if (!this.#running.delete(end)) return
      if (isDone) done()
      if (this.#running.size === 0) this.#onIdle()
    }
    const end = () => leave(true)
    this.#running.add(end)
    leave(await this.#parts.origins.run(end, work))
  }

  /**
   * Runs the handlers of an event, one after the other; what they throw goes to `error`.
   *
   * @returns whether they have handled it: one that the end of the client has interrupted is told again by the next client
   */
  async #run(name: MadeEvent['name'] | 'raw', event: never | object): Promise<boolean> {
    let isDone = true
    for (const handler of this.#parts.handlers.of(name, event as never)) {
      try {
        await handler(event as never)
      } catch (error) {
        if (isInterrupted(error)) isDone = false
        else this.#parts.events.fail(error)
      }
    }
    return isDone
  }

  #onHealth(health: Health, error: unknown): void {
    const { events } = this.#parts
    if (health.kind !== 'behind') this.#onPlaced()
    switch (health.kind) {
      case 'current':
        this.#isCaughtUp = true
        events.tell('connection', { state: 'upToDate' })
        break
      case 'behind':
        this.#isCaughtUp = false
        this.#gaps += 1
        events.tell('connection', { state: 'catchingUp' })
        break
      case 'full':
        events.tell('connection', { state: 'handlersBusy', waiting: health.unconfirmed })
        break
      case 'waiting': {
        const { waitMs, ask, failure } = health
        const wait = { waitMs, method: METHODS[ask] }
        if (failure.kind === 'wait' && error instanceof RpcError) {
          events.tell('wait', { ...wait, reason: 'flood', error })
        } else {
          events.tell('wait', { ...wait, reason: 'retry', error: error instanceof Error ? error : undefined })
        }
        break
      }
      case 'lost':
        events.fail(errorOfLoss(health.reason, health.channelId, error))
        break
      case 'ended':
        break
    }
  }
}

const METHODS = {
  state: 'updates.getState',
  difference: 'updates.getDifference',
  channel: 'updates.getChannelDifference',
} as const

/** The client was closed while a handler worked. */
function isInterrupted(error: unknown): boolean {
  return error instanceof ConnectionError && error.code === 'CLIENT_CLOSED'
}

function slowError(lane: string): UpdatesError {
  return new UpdatesError(
    'HANDLER_SLOW',
    `A handler has worked on one update for a minute, and later ones of the same lane (${lane}) wait for it.`,
  )
}

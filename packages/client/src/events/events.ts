import { ConnectionError } from '@cablegram/mtproto'
import type { Updates } from '@cablegram/tl/api'
import { callSafely } from '../call-safely.ts'
import type { ConnectionState } from '../net/connection.ts'
import type { UpdateStats } from '../stats.ts'
import { checkEventName, checkFilter } from './filters.ts'
import type { Follower } from './follower.ts'
import { Handlers } from './handlers.ts'
import type { EventsParts, Teller } from './parts.ts'
import type { ClientEvents, EventFilters, EventHandler, EventName } from './words.ts'

/** Events that come from updates: the first handler of one of them starts the machine of updates. */
const NOT_OF_UPDATES: ReadonlySet<EventName> = new Set(['connection', 'wait', 'error'])
/** Things that may come while the machine is loaded. */
const MAX_EARLY = 1_000

/** The events of a client: its handlers, and the machine that follows updates for them. */
export class Events implements Teller {
  readonly #parts: EventsParts
  readonly #handlers = new Handlers()
  #userId: bigint | undefined
  #follower: Follower | undefined
  /** The last one that was made: its handlers may run before it is ready. */
  #newest: Follower | undefined
  #loading: Promise<void> | undefined
  /** Inputs that came while the machine was loaded. */
  #early: ((follower: Follower) => void)[] = []
  #isClosed = false

  constructor(parts: EventsParts) {
    this.#parts = parts
  }

  /** Whether updates are followed for handlers, or will be in a moment. */
  get isFollowing(): boolean {
    return this.#follower !== undefined || this.#loading !== undefined
  }

  /** Counts of the updates; undefined while nobody follows them. */
  get stats(): UpdateStats | undefined {
    return this.#follower?.stats
  }

  /** Tells `handler` of events until the returned function is called. @throws UsageError */
  on<Name extends EventName>(
    name: Name,
    handler: EventHandler<Name>,
    filter: EventFilters[Name],
  ): () => void {
    checkEventName(name)
    checkFilter(name, filter)
    const off = this.#handlers.add(name, handler, filter)
    this.#follow()
    return off
  }

  /** Tells the handlers of an event that no update makes. @returns whether there are any */
  tell<Name extends 'connection' | 'wait' | 'error'>(name: Name, event: ClientEvents[Name]): boolean {
    const handlers = this.#handlers.of(name, event)
    const onThrown = name === 'error' ? this.#parts.report : (error: unknown) => this.fail(error)
    for (const handler of handlers) callSafely(() => handler(event), onThrown)
    return handlers.length > 0
  }

  /** Takes an error: to the handlers of `error`, and where there are none, to the client's own listeners. */
  fail(error: unknown): void {
    if (this.#parts.isOfClosing(error)) return
    this.#parts.onFailed?.(error)
    if (!this.tell('error', error)) this.#parts.report(error)
  }

  /** A connection that carries files, or calls to another data centre. */
  onOtherConnection(state: ConnectionState): void {
    if (state.at !== 'lost') return
    const { waitMs, error } = state
    this.tell('wait', { reason: 'reconnect', waitMs, method: undefined, error })
  }

  onConnection(state: ConnectionState): void {
    switch (state.at) {
      case 'connecting':
        this.tell('connection', { state: 'connecting' })
        break
      case 'connected':
        this.tell('connection', { state: 'connected' })
        this.#follow()
        break
      case 'lost': {
        const { waitMs, error } = state
        this.tell('connection', { state: 'lost', error })
        this.tell('wait', { reason: 'reconnect', waitMs, method: undefined, error })
        break
      }
      case 'ended':
        this.tell('connection', { state: 'closed', error: state.error })
        // The request for what is missing makes another connection.
        if (!this.#isClosed) this.missed(false)
        break
    }
  }

  /** The user who is signed in has changed; undefined: nobody is. @param endedBy why the server has ended the login, if it has */
  onUser(userId: bigint | undefined, endedBy?: string): void {
    if (userId === this.#userId) return
    this.#userId = userId
    const { isFollowing } = this
    void this.#stop()
    // A program that only listens makes no call that is refused.
    if (userId === undefined && endedBy !== undefined && isFollowing) this.fail(loginEnded(endedBy))
    this.#follow()
  }

  /**
   * Resolves once updates are followed, if there are handlers for them: what happens later reaches these. Resolves too when the
   * server does not say where to begin, which `wait` and `error` tell.
   */
  async followed(): Promise<void> {
    await this.#loading
    await this.#follower?.placed
  }

  push(updates: Updates): void {
    this.#pass((follower) => follower.push(updates))
  }

  /** Updates may be missing. */
  missed(isUnreadable: boolean): void {
    this.#pass((follower) => follower.missed(isUnreadable))
  }

  /** The machine may have slept. */
  onSuspect(): void {
    this.#follower?.onSuspect()
  }

  /** A call of the program's was answered. */
  answered(method: string, params: object, answer: unknown): void {
    this.#pass((follower) => follower.answered(method, params, answer))
  }

  /** Waits for handlers that run, saves the cursor, and ends: the rest is told again by the next client of the session. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#newest?.drain()
    await this.#stop()
  }

  #pass(input: (follower: Follower) => void): void {
    if (this.#follower) input(this.#follower)
    else if (this.#loading) this.#keepEarly(input)
  }

  /** Too many are replaced by the word that some are missing. */
  #keepEarly(input: (follower: Follower) => void): void {
    if (this.#early.length >= MAX_EARLY) this.#early = [(follower) => follower.missed(false)]
    this.#early.push(input)
  }

  /** Follows updates, once somebody wants to hear of them and somebody is signed in. */
  #follow(): void {
    if (this.#isClosed || this.#userId === undefined || this.#follower || this.#loading) return
    if (!this.#handlers.hasOther(NOT_OF_UPDATES)) return
    this.#loading = this.#load(this.#userId).catch((error: unknown) => this.#onLoadFailed(error))
  }

  async #load(userId: bigint): Promise<void> {
    const { Follower } = await import('./follower.ts')
    const follower = new Follower({ ...this.#parts, userId, handlers: this.#handlers, events: this })
    this.#newest = follower
    await follower.begin()
    this.#loading = undefined
    if (this.#isClosed || this.#userId !== userId) {
      await follower.close()
      this.#follow()
      return
    }
    this.#follower = follower
    const early = this.#early
    this.#early = []
    for (const input of early) input(follower)
  }

  /** The cursor cannot be read: the next connection, or the next handler, tries again. */
  #onLoadFailed(error: unknown): void {
    this.#loading = undefined
    this.#early = []
    this.fail(error)
  }

  async #stop(): Promise<void> {
    const follower = this.#follower
    this.#follower = undefined
    this.#early = []
    await this.#loading
    await follower?.close()
  }
}

function loginEnded(reason: string): ConnectionError {
  const message = `The server has ended this login (${reason}), and tells no more updates. Sign in again with client.start().`
  return new ConnectionError('SESSION_ENDED', message)
}

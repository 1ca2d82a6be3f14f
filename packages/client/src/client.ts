import { ConnectionError } from '@cablegram/mtproto'
import { makeAuthKey } from '@cablegram/mtproto/crypto'
import { DecodeError, freeBytes } from '@cablegram/tl'
import type { MethodName, Params, Results, Updates } from '@cablegram/tl/api'
import { platform } from '#platform'
import { callSafely } from './call-safely.ts'
import { checkCallOptions, checkClientOptions, checkListener, checkSession } from './check-options.ts'
import { comeBack } from './come-back.ts'
import { DailyCalls } from './daily-calls.ts'
import { Events } from './events/events.ts'
import type { EventFilters, EventHandler, EventName } from './events/words.ts'
import { OnePerTurn } from './files/one-per-turn.ts'
import type { PartCallOptions, PartSurroundings } from './files/part-client.ts'
import { FloodWaits, kindsOfCall } from './flood-waits.ts'
import { Link } from './link.ts'
import type { LoginOptions } from './login/context.ts'
import { checkLoginOptions } from './login/login-options.ts'
import type { Login } from './login/machine.ts'
import type { StartOptions } from './login/prompted-options.ts'
import type { StartAnswers } from './login/start.ts'
import type { PendingLogin } from './login/surface.ts'
import { makeCall, withoutUpdates } from './make-call.ts'
import { checkMethodName } from './method-names.ts'
import { type ClientApi, defineNamespaces } from './namespaces.ts'
import type { Clock } from './net/clock.ts'
import type { ConnectionState } from './net/connection.ts'
import { steadyClock } from './net/steady-clock.ts'
import { Observer } from './observer.ts'
import { openTrace } from './open-trace.ts'
import type { CallOptions, ClientOptions } from './options.ts'
import { PeerBook } from './peers/book.ts'
import { type User, userOf } from './peers/views.ts'
import type { Platform } from './platform.ts'
import { loadedSchema, loadSchema, type Schema } from './schema.ts'
import { type CallWait, sendCall } from './send-call.ts'
import type { App, Server } from './server/server.ts'
import type { ClientStats } from './stats.ts'
import type { AccountState } from './storage/account-state.ts'
import { type EndedLogin, encodeStringSession } from './storage/session.ts'
import type { SessionStorage } from './storage/storage.ts'
import type { Trace } from './trace/trace.ts'
import { Turns } from './turns.ts'
import { withoutAbsent } from './without-absent.ts'

const DEFAULT_TIMEOUT_MS = 60_000
/** Longer waits are the program's to plan. */
const FLOOD_WAIT_MAX_S = 10

/**
 * A client of Telegram, or of a server that speaks like it. Every method of the schema is
 * `client.<namespace>.<method>(params)`; those without a namespace are on `client.root`.
 *
 * @example
 * ```ts
 * import { TelegramClient } from '@cablegram/client'
 *
 * const client = new TelegramClient('me.session', { server: 'http://127.0.0.1:10081' })
 * await client.start()
 * const state = await client.updates.getState()
 * console.log(state.unreadCount)
 * await client.close()
 * ```
 */
export class TelegramClient extends DailyCalls implements ClientApi {
  declare readonly account: ClientApi['account']
  declare readonly aicompose: ClientApi['aicompose']
  declare readonly auth: ClientApi['auth']
  declare readonly bots: ClientApi['bots']
  declare readonly channels: ClientApi['channels']
  declare readonly chatlists: ClientApi['chatlists']
  declare readonly communities: ClientApi['communities']
  declare readonly contacts: ClientApi['contacts']
  declare readonly ephemeral: ClientApi['ephemeral']
  declare readonly folders: ClientApi['folders']
  declare readonly fragment: ClientApi['fragment']
  declare readonly help: ClientApi['help']
  declare readonly langpack: ClientApi['langpack']
  declare readonly messages: ClientApi['messages']
  declare readonly payments: ClientApi['payments']
  declare readonly phone: ClientApi['phone']
  declare readonly photos: ClientApi['photos']
  declare readonly premium: ClientApi['premium']
  declare readonly root: ClientApi['root']
  declare readonly smsjobs: ClientApi['smsjobs']
  /** The methods of the namespace; called, facts about the client at this moment: connections, calls, waits, updates, bytes. */
  declare readonly stats: ClientApi['stats'] & (() => ClientStats)
  declare readonly stickers: ClientApi['stickers']
  declare readonly stories: ClientApi['stories']
  declare readonly updates: ClientApi['updates']
  declare readonly upload: ClientApi['upload']
  declare readonly users: ClientApi['users']

  readonly #options: ClientOptions
  readonly #peers: PeerBook
  readonly #platform: Platform
  /** For waits and deadlines, of calls and of transfers. */
  readonly #clock: Clock
  readonly #uploads: OnePerTurn
  readonly #link: Link
  readonly #listeners = new Set<(update: Updates) => unknown>()
  /** Updates were missed before anybody listened. */
  #hasUntoldGap = false
  /** Calls have flowed over the connection at home, which has not ended since. */
  #isHomeUp = false
  readonly #errorListeners = new Set<(error: unknown) => unknown>()
  readonly #events: Events
  readonly #waits = new FloodWaits()
  /** The account whose waits those are. */
  #waitingUserId: bigint | undefined
  readonly #turns = new Turns()
  readonly #observer: Observer
  readonly #trace: Trace | undefined

  /**
   * @param session the name of a file (on a page: of a session in IndexedDB), or a storage such as `memorySession()`
   * @throws UsageError OPTION_INVALID, which names the option
   */
  constructor(session: string | SessionStorage, options: ClientOptions = {}) {
    super()
    checkClientOptions(options)
    checkSession(session)
    this.#options = options
    this.#platform = { ...platform, ...options.platform }
    this.#clock = steadyClock(this.#platform.clock)
    this.#uploads = new OnePerTurn(this.#clock)
    const trace = openTrace(options, this.#platform, {
      onFull: () => this.#observer.traceFull(),
      onError: (error) => this.#report(error),
    })
    this.#trace = trace
    this.#observer = new Observer({
      trace,
      clock: this.#platform.clock,
      logger: options.logger,
      tracer: options.tracer,
      onError: (error) => this.#report(error),
    })
    this.#link = new Link({
      options,
      platform: this.#platform,
      storage: typeof session === 'string' ? this.#platform.openSession(session) : session,
      onUpdate: (body, schema) => this.#onUpdate(body, schema),
      onNewSession: () => this.#onMissed(),
      onState: (state, { dcId, isHome }) => {
        this.#observer.connection(dcId, state)
        if (isHome) this.#onHome(state)
        else this.#events.onOtherConnection(state)
      },
      onSuspect: () => this.#events.onSuspect(),
      watchConnection: (fields) => this.#observer.watchConnection(fields),
      onUser: (userId, endedBy) => this.#onUser(userId, endedBy),
      beforeRelease: () => this.#peers.close(),
      onError: (error) => this.reportError(error),
    })
    this.#peers = new PeerBook({
      state: this.#link.state,
      clock: this.#platform.clock,
      userId: () => this.userId,
      isOpen: () => this.#link.facts !== undefined,
      onError: (error) => this.reportError(error),
    })
    this.#events = new Events({
      client: this,
      clock: this.#platform.clock,
      origins: this.#platform.origins,
      storageOf: (userId) => this.#link.state.of(userId),
      // It has rules of its own for waits.
      call: (method, params, call) => this.#call(method, params, { ...call, floodWaitMaxS: 0 }),
      report: (error) => this.#report(error),
      catchUp: options.catchUp,
      traceMachine: trace && ((userId) => trace.machine(userId)),
      onFailed: (error) => this.#observer.failed(error),
      isOfClosing: (error) => this.#isOfClosing(error),
    })
    defineNamespaces(this, (method, params, call) => this.#invoke(method, params, call), {
      stats: () => this.#stats(),
    })
  }

  /**
   * Opens the session and connects; the first call does so by itself. From then on a lost connection comes back
   * without anybody's doing.
   *
   * @throws SessionError; ConnectionError SERVER_UNREACHABLE, CONNECT_TIMEOUT; UsageError
   */
  async connect(): Promise<void> {
    await this.#link.open()
  }

  /**
   * Saves the session and ends the connection. Handlers that run have five seconds to end, and none begins any more; a handler
   * that calls `close` counts as done then. Calls without an answer fail; the client is not to be used again.
   */
  async close(): Promise<void> {
    try {
      await this.#events.close()
      await this.#link.close()
      this.#uploads.stop()
    } finally {
      await this.#trace?.close()
    }
  }

  /** The same as `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /**
   * Makes a call by the method's name: `client.call('auth.sendCode', …)` is `client.auth.sendCode(…)`.
   *
   * If the server sends the call to another data centre (303), the client repeats it there.
   *
   * @throws UsageError for parameters that are not the method's; RpcError; ConnectionError CALL_TIMEOUT; ProtocolError
   * MIGRATION_LOOP
   */
  async call<Method extends MethodName>(
    method: Method,
    params: Params<Method>,
    options: CallOptions = NO_OPTIONS,
  ): Promise<Results[Method]> {
    if (options !== NO_OPTIONS) checkCallOptions(options, method)
    const answer = await this.#call(method, params, options)
    this.#events.answered(method, params, answer)
    return answer
  }

  /** Makes a call whose answer moves no counter of updates. */
  async #call<Method extends MethodName>(
    method: Method,
    params: Params<Method>,
    options: CallOptions,
  ): Promise<Results[Method]> {
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS
    const schema = loadedSchema() ?? (await loadSchema())
    const call = makeCall(schema, method, params, { timeoutMs, signal: options.signal })
    const sending = {
      dcId: options.dcId,
      floodWaitMaxS: options.floodWaitMaxS ?? this.#options.floodWaitMaxS ?? defaultWaitMaxS(method),
      clock: this.#clock,
      waits: { known: this.#waits, kinds: kindsOfCall(method, params) },
      retryBy: options.retry === true ? () => fractionOf(this.#platform.random) : undefined,
      onWait: (wait: CallWait) => this.#tellWait(wait),
    }
    const { chain } = options
    // Awaited, here and above, so that the stack of an error leads to the caller.
    const answer = await this.#observer.call(method, options.signal, () =>
      chain === undefined
        ? sendCall(this.#link, call, sending)
        : this.#turns.take(chain, (turn) => sendCall(this.#link, { ...call, turn }, { ...sending, turn })),
    )
    this.#peers.remember(answer)
    return answer
  }

  /**
   * Makes a call that carries a part of a file, on a connection that only such calls use. What the server asks for is
   * thrown: its waits (420) and moves (303) concern every part, so the transfer obeys them. `uploadFile` is made of such
   * calls.
   *
   * @throws as `call` does
   */
  async callPart<Method extends MethodName>(
    method: Method,
    params: Params<Method>,
    { lane, dcId, timeoutMs, signal, parent }: PartCallOptions,
  ): Promise<Results[Method]> {
    const schema = await loadSchema()
    // To encrypt many of them at once would hold up all other calls.
    if (lane === 'upload') await this.#uploads.enter()
    const made = makeCall(schema, method, params, { timeoutMs, signal })
    // A CDN has no updates, and refuses what it does not know.
    const call = lane === 'cdn' ? made : withoutUpdates(schema, made)
    const options = { lane, dcId, floodWaitMaxS: 0, clock: this.#clock }
    const send = () => sendCall(this.#link, call, options)
    const answer = await this.#observer.call(method, signal, send, parent)
    // A part that has arrived is not sent again. The collector frees what it carried too late: it does not see its size.
    freeBytes(call.body)
    return answer
  }

  /**
   * Tells `listener` of every update as the server sends it, until the returned function is called. If updates may have
   * been missed, while no program ran or while the connection was lost, it gets `updatesTooLong`, as from the server: call
   * `updates.getDifference` then. An error that the
   * listener throws, or rejects with, goes to `onError`; the connection and the other listeners go on. `close()` ends the
   * listener's calls with CLIENT_CLOSED, which `onError` is not told.
   *
   * @example
   * ```ts
   * import type { TelegramClient } from '@cablegram/client'
   *
   * export function printUpdates(client: TelegramClient): () => void {
   *   return client.onUpdate((update) => console.log(update._))
   * }
   * ```
   */
  onUpdate(listener: (update: Updates) => unknown): () => void {
    checkListener(listener, 'client.onUpdate', '(update) => console.log(update._)')
    this.#listeners.add(listener)
    if (this.#hasUntoldGap) {
      this.#hasUntoldGap = false
      queueMicrotask(() => this.#tellMissed())
    }
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /**
   * Tells `listener` of errors that no call can be rejected with: those of the program's own listeners, and sessions
   * that cannot be saved. Without a listener they are written to the console. They never end the process.
   *
   * @example
   * ```ts
   * import type { TelegramClient } from '@cablegram/client'
   *
   * export function countErrors(client: TelegramClient): { count: number } {
   *   const errors = { count: 0 }
   *   client.onError(() => {
   *     errors.count += 1
   *   })
   *   return errors
   * }
   * ```
   */
  onError(listener: (error: unknown) => unknown): () => void {
    checkListener(listener, 'client.onError', '(error) => console.error(error)')
    this.#errorListeners.add(listener)
    return () => {
      this.#errorListeners.delete(listener)
    }
  }

  /**
   * Runs `handler` whenever something happens, until the returned function is called. Handlers run in order for each chat,
   * and side by side for different chats. No update is lost while the program is away: the session keeps where it stands,
   * and an update counts as delivered when its handler has resolved. A program that ends before is told of it again. An
   * error that a handler throws goes to the event `error`, or to `onError` if that has no handler; the update counts as
   * delivered then.
   *
   * Answers to this client's own calls are no events, except for `raw`.
   *
   * @param filter fields that the event must have; several values may be given as a list, texts as patterns
   * @throws UsageError EVENT_UNKNOWN, OPTION_INVALID
   *
   * @example
   * ```ts
   * import type { TelegramClient } from '@cablegram/client'
   *
   * export function watch(client: TelegramClient): () => void {
   *   client.on('connection', ({ state }) => console.log(state))
   *   return client.on('message', async ({ message, reply }) => reply(`You said: ${message.text}`), {
   *     incoming: true,
   *     text: /^\/echo/,
   *   })
   * }
   * ```
   */
  on<Name extends EventName>(
    name: Name,
    handler: EventHandler<Name>,
    filter: EventFilters[Name] = {},
  ): () => void {
    checkListener(handler, `client.on('${String(name)}')`, '(event) => console.log(event)')
    return this.#events.on(name, handler, filter)
  }

  /** Hands an error to the handlers of `error`, or to the listeners of `onError`. */
  reportError(error: unknown): void {
    this.#events.fail(error)
  }

  #report(error: unknown): void {
    if (this.#errorListeners.size === 0) this.#platform.report(error)
    for (const listener of [...this.#errorListeners]) {
      callSafely(() => listener(error), this.#platform.report)
    }
  }

  /**
   * Signs in, unless the session is signed in already: asks in the terminal for what `answers` does not give, and on a page
   * with a form. `answers.ask` is a face for the whole login, such as `loginForm(element)`; `answers.botToken` signs in a bot
   * and asks nothing. When it resolves the session is saved, and handlers of `on` hear of whatever happens from now on.
   *
   * @returns the account, as `getMe` gives it
   *
   * @example
   * ```ts
   * import { memorySession, TelegramClient } from '@cablegram/client'
   *
   * const client = new TelegramClient(memorySession(), { server: 'http://127.0.0.1:10081' })
   * const user = await client.start({
   *   phone: async () => '+9996621234',
   *   code: async () => '22222',
   *   name: async () => ({ firstName: 'Ada' }),
   * })
   * console.log(user.id)
   * ```
   */
  async start(answers?: StartAnswers, options: StartOptions = {}): Promise<User> {
    checkLoginOptions(options)
    const { start } = await import('./login/start.ts')
    const { clock, random } = this.#platform
    const user = await start(this, answers, { clock, random, ...options })
    await this.#events.followed()
    return userOf(user)
  }

  /**
   * A login without a terminal, for a program with questions of its own: connects, and gives the state to begin in, or
   * to go on in after a restart.
   */
  async login(options: LoginOptions = {}): Promise<Login> {
    checkLoginOptions(options)
    const { createLogin } = await import('./login/machine.ts')
    return createLogin(this, { clock: this.#platform.clock, random: this.#platform.random, ...options })
  }

  #stats(): ClientStats {
    const { sentBytes: sent, receivedBytes: received } = this.#link.traffic
    return {
      connections: this.#link.connections,
      calls: this.#observer.calls,
      waits: { ...this.#observer.waits, remembered: this.#waits.size },
      bytes: { sent, received },
      updates: this.#events.stats,
      peers: { atHand: this.#peers.size },
    }
  }

  /** Aborts when the client is closed; its reason is the ConnectionError CLIENT_CLOSED. */
  get closed(): AbortSignal {
    return this.#link.closed
  }

  /** Clock, chance and the listeners of waits, for functions that are made of calls. */
  get surroundings(): PartSurroundings {
    const { random } = this.#platform
    const startSpan = this.#observer.startSpan.bind(this.#observer)
    return { clock: this.#clock, random, tellWait: (wait) => this.#tellWait(wait), startSpan }
  }

  /** The time by the server's clock in Unix milliseconds, as far as it is known: right even if this machine's is not. */
  serverNowMs(): number {
    return this.#link.serverNowMs()
  }

  /** The server, once connected. */
  get server(): Server | undefined {
    return this.#link.facts?.server
  }

  /** The app's credentials, the client's own or those the server offers, once connected. */
  get app(): App | undefined {
    return this.#link.facts?.app
  }

  /** The data centre that calls go to, once connected. */
  get dcId(): number | undefined {
    return this.#link.facts?.session.dcId
  }

  /** User who is signed in, as far as this session knows. Only the server knows for sure. */
  get userId(): bigint | undefined {
    return this.#link.facts?.session.userId
  }

  /** How the last login on this session ended, if the server ended it: sign in again then. */
  get endedLogin(): EndedLogin | undefined {
    return this.#link.facts?.session.endedLogin
  }

  /** Tokens from earlier logins on this session: in `codeSettings`, one that fits the number saves the code. */
  get logoutTokens(): readonly Uint8Array[] {
    return this.#link.facts?.session.logoutTokens.map(({ token }) => token) ?? []
  }

  /** The id of the permanent key of this session at home, once there is one. */
  get authKeyId(): bigint | undefined {
    const session = this.#link.facts?.session
    const key = session?.dcs[session.dcId]?.authKey
    return key && BigInt.asIntN(64, makeAuthKey(key).id)
  }

  /** A login on its way that the session keeps, as `client.login` left it. */
  get pendingLogin(): PendingLogin | undefined {
    return this.#link.facts?.session.pendingLogin
  }

  /**
   * Texts by key that the client remembers of the account beside its session, such as where it stands in its updates.
   * Each account that signs in on the session has its own.
   */
  get state(): AccountState {
    return this.#link.state
  }

  /** The users and chats that this session has seen. */
  get peers(): PeerBook {
    return this.#peers
  }

  /** Has the session keep a login on its way, or forget it; `client.login` does so by itself. */
  keepLogin(pending: PendingLogin | undefined): void {
    this.#link.keepLogin(pending)
  }

  /**
   * The session as one line of text, for `memorySession`. It opens the account: keep it secret.
   *
   * @example
   * ```ts
   * import { memorySession, type TelegramClient } from '@cablegram/client'
   *
   * export async function copyOf(client: TelegramClient) {
   *   return memorySession(await client.exportSession())
   * }
   * ```
   */
  async exportSession(): Promise<string> {
    await this.connect()
    const session = this.#link.facts?.session
    return session ? encodeStringSession(session) : ''
  }

  /** Resolves once the session is safely stored. @throws SessionError SESSION_STORAGE */
  save(): Promise<void> {
    return this.#link.save()
  }

  /**
   * Makes another data centre of the server the one that calls go to. A call that the server says belongs elsewhere does
   * so by itself.
   */
  switchDc(dcId: number): Promise<void> {
    return this.#link.switchDc(dcId)
  }

  /** Forgets all keys, here and on the server; the next call makes a new one. To log out use `logOut`, which calls this. */
  forgetKeys(): Promise<void> {
    return this.#link.forgetKeys()
  }

  async #invoke(name: string, params: object, options?: CallOptions): Promise<unknown> {
    const method = checkMethodName(name, loadedSchema() ?? (await loadSchema()))
    // The writer checks them: the types are those of `ClientApi`.
    return await this.call(method, params as Params<typeof method>, options)
  }

  /** Waits are for one account, as the cursor of updates is. */
  #onUser(userId: bigint | undefined, endedBy: string | undefined): void {
    if (userId !== this.#waitingUserId) this.#waits.clear()
    this.#waitingUserId = userId
    this.#events.onUser(userId, endedBy)
  }

  #tellWait(wait: CallWait): void {
    this.#observer.waited(wait)
    this.#events.tell('wait', wait)
  }

  /** Kept for the first listener if there is none yet. */
  #tellMissed(): void {
    this.#hasUntoldGap = this.#listeners.size === 0
    this.#tell(SOMETHING_MISSED)
    if (!this.#hasUntoldGap) this.#wakeSession()
  }

  /** A server tells updates to sessions that have called something: a client that only listens asks for its state. */
  #wakeSession(): void {
    if (this.userId === undefined || this.#events.isFollowing) return
    this.#call('updates.getState', {}, {}).catch((error: unknown) => this.reportError(error))
  }

  #onHome(state: ConnectionState): void {
    const wasUp = this.#isHomeUp
    if (state.at === 'connected') this.#isHomeUp = true
    if (state.at === 'ended') this.#isHomeUp = false
    this.#events.onConnection(state)
    if (state.at === 'ended' && wasUp) void this.#comeBack()
  }

  /** A connection that has failed for good is followed by another one when somebody calls, and a program may only listen. */
  async #comeBack(): Promise<void> {
    const isWanted = this.#listeners.size > 0 && this.userId !== undefined && !this.#events.isFollowing
    if (!isWanted) return
    const isBack = await comeBack({
      clock: this.#platform.clock,
      open: () => this.#link.open(),
      signal: this.closed,
      onFailed: (waitMs, cause) => {
        const error = cause instanceof Error ? cause : undefined
        this.#events.tell('wait', { reason: 'reconnect', waitMs, method: undefined, error })
      },
    })
    if (isBack) this.#tellMissed()
  }

  #tell(update: Updates): void {
    if (this.#listeners.size === 0) return
    for (const listener of [...this.#listeners]) {
      callSafely(
        () => listener(update),
        (error) => {
          if (!this.#isOfClosing(error)) this.reportError(error)
        },
      )
    }
  }

  /** Tells whether an error says no more than that the program has closed this client while a listener still worked. */
  #isOfClosing(error: unknown): boolean {
    return this.#link.closed.aborted && error instanceof ConnectionError && error.code === 'CLIENT_CLOSED'
  }

  /** Updates that this version cannot read count as missed. */
  #onUpdate(body: Uint8Array, { decode }: Schema): void {
    let updates: Updates
    try {
      updates = withoutAbsent(decode('Updates', body))
      this.#peers.remember(updates)
    } catch (error) {
      if (!(error instanceof DecodeError)) this.reportError(error)
      this.#tell(SOMETHING_MISSED)
      this.#events.missed(true)
      return
    }
    this.#tell(updates)
    this.#events.push(updates)
  }

  #onMissed(): void {
    this.#tellMissed()
    this.#events.missed(false)
  }
}

/** Somebody watches a login, and can do something else. */
function defaultWaitMaxS(method: string): number {
  return method.startsWith('auth.') ? 0 : FLOOD_WAIT_MAX_S
}

/** A number from 0 up to 1. */
function fractionOf(random: Platform['random']): number {
  return (random(1)[0] ?? 0) / 256
}

const NO_OPTIONS: CallOptions = {}
const SOMETHING_MISSED: Updates = { _: 'updatesTooLong' }

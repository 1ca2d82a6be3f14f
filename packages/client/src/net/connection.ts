import {
  type ClientInput,
  type ClientKeys,
  type ClientOutput,
  ConnectionError,
  type Machine,
  RpcError,
} from '@cablegram/mtproto'
import { type BackoffOptions, backoffMs, DEFAULT_BACKOFF } from './backoff.ts'
import { Calls, type OutgoingCall, type TimeoutReason } from './calls.ts'
import { type Dialled, type DialParts, dialFirst } from './dial-first.ts'
import { describePeer, foreignPeer, reasonOf } from './foreign-peer.ts'
import type { Address, Transport } from './transport.ts'
import { WakeTimer } from './wake-timer.ts'
import { whereOf } from './where-of.ts'

/** Dependencies of a connection. */
export interface ConnectionOptions extends DialParts {
  readonly machine: Machine<ClientInput, ClientOutput>
  /** Addresses of the data centre, tried in order; the one that worked last comes first. */
  readonly addresses: readonly Address[]
  /** Next step if nobody listens there; ends the error message. */
  readonly nextStep: string
  /** A random number from 0 up to 1, for the jitter of the pauses. */
  readonly fraction: () => number
  /** For an attempt to connect, and for everything up to the first `ready`. */
  readonly connectTimeoutMs: number
  readonly backoff?: BackoffOptions
  /** A serialized Updates object; the bytes are only valid while it runs. */
  readonly onUpdate: (body: Uint8Array) => void
  /** The server has forgotten our session: updates may have been missed. */
  readonly onNewSession: () => void
  readonly onSave: (keys: ClientKeys | undefined) => void
  /** Counts the bytes of all connections that share it. */
  readonly traffic?: Traffic | undefined
  /** Told of the address, when a transport is open and the handshake begins. */
  readonly onOpened?: ((address: Address) => void) | undefined
  /** Told whenever the connection comes or goes. */
  readonly onState?: ((state: ConnectionState) => void) | undefined
  /** Takes what the listeners above throw: the connection goes on. */
  readonly onListenerError: (error: unknown) => void
}

/** Bytes on the wire. */
export interface Traffic {
  sentBytes: number
  receivedBytes: number
}

/** The connection is being made, calls flow, it was lost and is made again after a pause, or it has ended. */
export type ConnectionState =
  | { readonly at: 'connecting' }
  | { readonly at: 'connected' }
  | { readonly at: 'lost'; readonly waitMs: number; readonly error: Error | undefined }
  /** It was closed, or has failed in a way that it cannot come back from; the next call makes another one. */
  | { readonly at: 'ended'; readonly error: Error }

type State =
  | { at: 'idle' }
  | { at: 'dialling'; abort: AbortController }
  | {
      at: 'open'
      transport: Transport
      address: Address
      readySinceMs: number | undefined
      hasHeard: boolean
    }
  | { at: 'pausing'; cancel: () => void }
  | { at: 'closed'; error: Error }

/** Until the first `ready`: what `open` has promised. */
interface Opening {
  resolve(): void
  reject(error: Error): void
  cancelTimer(): void
}

/** A longer call has a packet of its own, so that it need not be copied. */
const MAX_SHARED_BYTES = 16_384
/** A connection that stays ready this long has come up for good: the next pause is the shortest one again. */
const STABLE_MS = 5_000
/** One that was ready, and was lost sooner, is not paused for longer than after so many failures. */
const MAX_FAILURES_ONCE_READY = 3

/**
 * Drives one client machine: the only loop of the client. Socket bytes and calls go into the machine, and what it
 * says is done: send, settle a call, keep a key, connect anew. One timer stands for all of the machine's.
 */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #calls: Calls
  /** Resolves once it has ended. */
  readonly ended: Promise<void>
  #resolveEnded: () => void = () => {}
  #addresses: readonly Address[]
  readonly #inputs: ClientInput[] = []
  #stepping = false
  /** Calls wait for the end of this turn, to share a packet. */
  #isGathering = false
  #state: State = { at: 'idle' }
  #opening: Opening | undefined
  /** Somebody has listened there: that nobody does now will pass. */
  #hasReached = false
  #failures = 0
  #lastTrouble: Error | undefined
  /** When the connection was lost, or could not be made, the last time. */
  #lastTroubleAtMs: number | undefined
  readonly #wakeTimer: WakeTimer

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#addresses = options.addresses
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve
    })
    this.#calls = new Calls(
      options.clock,
      (callId) => this.#step({ kind: 'cancel', callId }),
      (sinceMs) => this.#explainTimeout(sinceMs),
    )
    this.#wakeTimer = new WakeTimer(options.clock, () => this.#step({ kind: 'wake' }))
  }

  /**
   * Connects, and resolves once calls flow. Nobody listening is an error at once; a server that was there and goes
   * away is dialled again until the time-out, and after the first success however long it takes.
   *
   * @throws ConnectionError SERVER_UNREACHABLE, CONNECT_TIMEOUT; whatever the machine fails with
   */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const { clock, connectTimeoutMs } = this.#options
      const cancelTimer = clock.after(connectTimeoutMs, () => this.#end(this.#connectTimeout()))
      this.#opening = { resolve, reject, cancelTimer }
      void this.#dial()
    })
  }

  /** Whether it is closed, or has failed in a way that it cannot come back from. */
  get hasEnded(): boolean {
    return this.#state.at === 'closed'
  }

  /** Where it stands. */
  get at(): ConnectionState['at'] {
    const state = this.#state
    if (state.at === 'closed') return 'ended'
    if (state.at === 'pausing') return 'lost'
    return state.at === 'open' && state.readySinceMs !== undefined ? 'connected' : 'connecting'
  }

  /** The time from the last call to its answer in ms; undefined before the first one. */
  get answerMs(): number | undefined {
    return this.#calls.answerMs
  }

  /** The address that it is connected to, while it is. */
  get address(): Address | undefined {
    return this.#state.at === 'open' ? this.#state.address : undefined
  }

  /** Sends a call. It waits out a lost connection until its deadline. */
  call<Result>(call: OutgoingCall<Result>): Promise<Result> {
    if (this.#state.at === 'closed') return Promise.reject(this.#state.error)
    if (call.signal?.aborted) return Promise.reject(call.signal.reason)
    const before = call.turn?.before
    // On its way elsewhere, or not yet: nothing that this connection sends can wait for it.
    if (before && before.sent?.by !== this) {
      return Promise.reject(new RpcError(400, 'MSG_WAIT_FAILED', call.method))
    }
    const { callId, result } = this.#calls.add(call)
    if (call.turn) call.turn.sent = { by: this, callId }
    const { body } = call
    const isMore = body.length <= MAX_SHARED_BYTES
    const input: ClientInput = { kind: 'call', callId, body, after: before?.sent?.callId, isMore }
    if (isMore) this.#gather(input)
    else this.#step(input)
    return result
  }

  /** Holds a call back until the other calls of this turn are here. */
  #gather(call: ClientInput): void {
    this.#inputs.push(call)
    if (this.#isGathering) return
    this.#isGathering = true
    queueMicrotask(() => {
      this.#isGathering = false
      this.#step({ kind: 'wake' })
    })
  }

  /** Has the server forget the key; `onSave(undefined)` says that it has. */
  destroyKey(): void {
    this.#step({ kind: 'destroyKey' })
  }

  /** The machine may have slept, or the network be another one: finds out soon, or dials anew if it is not open. */
  probe(): void {
    const state = this.#state
    if (state.at === 'open') this.#step({ kind: 'probe' })
    if (state.at !== 'pausing' && state.at !== 'dialling') return
    this.#failures = 0
    void this.#dial()
    if (state.at === 'pausing') state.cancel()
    else state.abort.abort(new Error('dialled again'))
  }

  /** Ends the connection; calls without an answer fail with `reason`. */
  close(reason: ConnectionError): void {
    this.#end(reason)
  }

  /**
   * Feeds the machine. Inputs that come up while outputs are being done (a listener that makes a call) wait their
   * turn: the bytes of an output are only valid until the next step.
   */
  #step(input: ClientInput): void {
    this.#inputs.push(input)
    if (this.#stepping) return
    this.#stepping = true
    try {
      for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) {
        if (this.#state.at === 'closed') continue
        for (const output of this.#outputs(next)) this.#do(output)
      }
    } finally {
      this.#stepping = false
    }
    this.#scheduleWake()
  }

  /** The one thing `step` throws is a UsageError, and a call is the one input of a caller's: the call fails. */
  #outputs(input: ClientInput): ClientOutput[] {
    try {
      return this.#options.machine.step(input, this.#options.clock.nowMs())
    } catch (error) {
      if (input.kind !== 'call') throw error
      this.#calls.fail(input.callId, error)
      return []
    }
  }

  #do(output: ClientOutput): void {
    switch (output.kind) {
      case 'send':
        this.#send(output.chunk)
        break
      case 'ready':
        this.#onReady()
        break
      case 'result':
        this.#calls.settle(output.callId, output.body)
        break
      case 'refused':
        this.#calls.refuse(output.callId, output.error)
        break
      case 'update':
        this.#tell(() => this.#options.onUpdate(output.body))
        break
      case 'newSession':
        this.#tell(() => this.#options.onNewSession())
        break
      case 'save':
        this.#tell(() => this.#options.onSave(output.keys))
        break
      case 'reconnect':
        this.#onLost(output.reason)
        break
      case 'failed':
        this.#end(output.error)
        break
    }
  }

  /** Tells a listener, which must not end the connection or lose the outputs after this one. */
  #tell(listener: () => void): void {
    try {
      listener()
    } catch (error) {
      this.#options.onListenerError(error)
    }
  }

  #send(chunk: Uint8Array): void {
    if (this.#state.at !== 'open') return
    const { traffic } = this.#options
    if (traffic) traffic.sentBytes += chunk.length
    this.#state.transport.send(chunk)
  }

  #scheduleWake(): void {
    this.#wakeTimer.set(this.#state.at === 'closed' ? undefined : this.#options.machine.wakeAtMs)
  }

  async #dial(): Promise<void> {
    const { clock, connectTimeoutMs } = this.#options
    const abort = new AbortController()
    const dialling: State = { at: 'dialling', abort }
    this.#state = dialling
    this.#tell(() => this.#options.onState?.({ at: 'connecting' }))
    const cancelTimer = clock.after(connectTimeoutMs, () => abort.abort(this.#connectTimeout()))
    let dialled: Dialled
    try {
      dialled = await dialFirst(this.#addresses, this.#options, this.#transportEvents, abort.signal)
    } catch (error) {
      if (this.#state === dialling) this.#onDialFailed(error)
      return
    } finally {
      cancelTimer()
    }
    // While it settled the connection may have been closed, or dialled again.
    if (this.#state === dialling) this.#onOpened(dialled)
    else dialled.transport.close()
  }

  /** A transport we have closed is silent, so these are always about the one that is open. */
  readonly #transportEvents = {
    onBytes: (chunk: Uint8Array): void => {
      const { traffic } = this.#options
      if (traffic) traffic.receivedBytes += chunk.length
      if (!this.#isForeign(chunk)) this.#step({ kind: 'bytes', chunk })
    },
    onTransportError: (code: number): void => this.#step({ kind: 'transportError', code }),
    onUnanswered: (): void => this.#step({ kind: 'unanswered' }),
    onClosed: (cause: Error | undefined): void => this.#onLost(cause),
  }

  #onOpened({ transport, address }: Dialled): void {
    this.#hasReached = true
    this.#state = { at: 'open', transport, address, readySinceMs: undefined, hasHeard: false }
    this.#tell(() => this.#options.onOpened?.(address))
    const { framing } = address
    this.#step({ kind: 'opened', ...(framing && { framing }) })
  }

  /** Whether the first words of a peer are those of another service: then there is nothing to read. */
  #isForeign(chunk: Uint8Array): boolean {
    const state = this.#state
    if (state.at !== 'open' || state.hasHeard) return false
    state.hasHeard = true
    const peer = describePeer(chunk)
    if (peer === undefined) return false
    const what = `is ${peer}, not an MTProto server`
    const error = foreignPeer(
      `The peer at ${whereOf(state.address)}`,
      what,
      'Check the address and the port.',
    )
    // A server that was ours may be away for a moment, with something else in its place.
    if (this.#opening) this.#end(error)
    else this.#onLost(error)
    return true
  }

  #onReady(): void {
    if (this.#state.at === 'open') {
      this.#state.readySinceMs = this.#options.clock.nowMs()
      const { address } = this.#state
      this.#addresses = [address, ...this.#addresses.filter((each) => each !== address)]
    }
    this.#opening?.cancelTimer()
    this.#opening?.resolve()
    this.#opening = undefined
    this.#tell(() => this.#options.onState?.({ at: 'connected' }))
  }

  #onDialFailed(cause: unknown): void {
    const error = cause instanceof ConnectionError ? cause : this.#unreachable(cause)
    if (this.#hasReached) this.#pause(error)
    else this.#end(error)
  }

  #onLost(cause: Error | undefined): void {
    if (this.#state.at !== 'open') return
    const { transport, address, readySinceMs } = this.#state
    // Something listens there that does not serve: the others come first next time.
    if (readySinceMs === undefined) {
      this.#addresses = [...this.#addresses.filter((each) => each !== address), address]
      if (this.#opening && cause instanceof ConnectionError && cause.code === 'SERVER_NOT_MTPROTO') {
        this.#end(cause)
        return
      }
    }
    if (readySinceMs !== undefined) {
      const isStable = this.#options.clock.nowMs() - readySinceMs >= STABLE_MS
      this.#failures = isStable ? 0 : Math.min(this.#failures, MAX_FAILURES_ONCE_READY - 1)
    }
    transport.close()
    const hungUp = readySinceMs === undefined ? new Error('the server closed the connection') : undefined
    this.#pause(cause ?? hungUp)
    this.#step({ kind: 'closed' })
  }

  #pause(cause: Error | undefined): void {
    const { clock, fraction, backoff = DEFAULT_BACKOFF } = this.#options
    this.#failures += 1
    this.#lastTrouble = cause
    this.#lastTroubleAtMs = clock.nowMs()
    const waitMs = backoffMs(this.#failures, fraction(), backoff)
    const cancel = clock.after(waitMs, () => void this.#dial())
    this.#state = { at: 'pausing', cancel }
    this.#tell(() => this.#options.onState?.({ at: 'lost', waitMs, error: cause }))
  }

  /** The end of everything: an error nothing can be done about, or a close of our own. */
  #end(error: Error): void {
    const state = this.#state
    if (state.at === 'closed') return
    this.#state = { at: 'closed', error }
    if (state.at === 'dialling') state.abort.abort(error)
    if (state.at === 'open') state.transport.close()
    if (state.at === 'pausing') state.cancel()
    this.#scheduleWake()
    this.#calls.failAll(error)
    this.#opening?.cancelTimer()
    this.#opening?.reject(error)
    this.#opening = undefined
    this.#resolveEnded()
    this.#tell(() => this.#options.onState?.({ at: 'ended', error }))
  }

  /** Says what happened to a call that was not answered in time. */
  #explainTimeout(sinceMs: number): TimeoutReason {
    const cause = this.#lastTrouble
    const reason = cause ? ` (${cause.message.replace(/\.$/, '')})` : ''
    if (this.#state.at !== 'open')
      return { text: `there is no connection to ${this.#where()}${reason}`, cause }
    if (this.#lastTroubleAtMs !== undefined && this.#lastTroubleAtMs >= sinceMs) {
      return { text: `the connection to ${this.#where()} was lost meanwhile${reason}`, cause }
    }
    const text =
      this.#state.readySinceMs === undefined
        ? 'has not answered at all'
        : 'is connected, but has not answered'
    return { text: `the server at ${this.#where()} ${text}`, cause: undefined }
  }

  #where(): string {
    return [...new Set(this.#options.addresses.map(whereOf))].join(', ')
  }

  #unreachable(cause: unknown): ConnectionError {
    const text = `No server answers at ${this.#where()}${reasonOf(cause)}. ${this.#options.nextStep}`
    return new ConnectionError('SERVER_UNREACHABLE', text, { cause })
  }

  /** A server that puts the client off runs: nobody has to start it. */
  #nextStep(): string {
    const trouble = this.#lastTrouble
    if (!(trouble instanceof RpcError)) return this.#options.nextStep
    const when = trouble.code === 420 && trouble.argument ? `in ${trouble.argument} s` : 'later'
    return `The server runs, but lets nobody in for now: try again ${when}.`
  }

  #connectTimeout(): ConnectionError {
    const seconds = this.#options.connectTimeoutMs / 1000
    const trouble = this.#lastTrouble === undefined ? '' : ` (last: ${this.#lastTrouble.message})`
    const text = `The server at ${this.#where()} could not be connected to within ${seconds} s${trouble}. ${this.#nextStep()}`
    return new ConnectionError('CONNECT_TIMEOUT', text, { cause: this.#lastTrouble })
  }
}

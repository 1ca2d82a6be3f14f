import { readLong } from '../crypto/index.ts'
import type { AuthKey } from '../machine.ts'
import { type Calls, ClientSalts, ClientSession, earliest, type SessionHost } from '../session/index.ts'
import type { ClientState } from './state.ts'

/** A session under a key that carries, or will carry, calls. */
export interface Traffic {
  readonly session: ClientSession
  /** Of a temporary key: when to replace it. */
  renewAtMs: number | undefined
  /** Of a temporary key. */
  readonly expiresAtMs: number | undefined
  /** The key has expired: nothing more is sent under it, but answers may still come. */
  isMute: boolean
  /** Of a temporary key that is not bound yet, or has been replaced: when to give up waiting for it. */
  deadlineMs: number | undefined
}

/** Answers under a temporary key are awaited this long after it has expired. */
const DRAIN_MS = 60_000

/** The sessions of a client, one a key, and which of them is for what. */
export class Sessions {
  /** Carries calls. */
  current: Traffic | undefined
  /** Under a temporary key that is being bound. */
  binding: Traffic | undefined
  /** With temporary keys: under the permanent one, in which that is destroyed. */
  farewell: Traffic | undefined
  /** Under a temporary key that has been replaced, until its last answers are here. */
  #draining: Traffic | undefined
  /** When to ping, and when the pong must have come. */
  nextPingMs: number | undefined
  pongDeadlineMs: number | undefined
  readonly #state: ClientState
  readonly #calls: Calls
  readonly #hostOf: (session: () => ClientSession) => SessionHost

  /** @param hostOf what a session tells the machine; the session is there by the time it does */
  constructor(state: ClientState, calls: Calls, hostOf: (session: () => ClientSession) => SessionHost) {
    this.#state = state
    this.#calls = calls
    this.#hostOf = hostOf
  }

  get all(): Traffic[] {
    const all: Traffic[] = []
    if (this.current) all.push(this.current)
    if (this.#draining) all.push(this.#draining)
    if (this.binding) all.push(this.binding)
    if (this.farewell) all.push(this.farewell)
    return all
  }

  /** When time alone makes one of them send something, or end. */
  get wakeAtMs(): number | undefined {
    let wakeAtMs = earliest(this.nextPingMs, this.pongDeadlineMs)
    wakeAtMs = earliest(wakeAtMs, earliest(this.binding?.deadlineMs, this.#draining?.deadlineMs))
    for (const { session, isMute } of this.all) if (!isMute) wakeAtMs = earliest(wakeAtMs, session.wakeAtMs)
    return wakeAtMs
  }

  make(authKey: AuthKey, salts: ClientSalts): ClientSession {
    const { options, limits, clock, unpacking } = this.#state
    const host = this.#hostOf(() => session)
    const overHttp = options.framing === 'bare'
    const session: ClientSession = new ClientSession({
      random: options.random,
      limits,
      clock,
      unpacking,
      authKey,
      salts,
      overHttp,
      host,
    })
    return session
  }

  /** Calls go under the permanent key. */
  usePermanent(session: ClientSession, nowMs: number): void {
    this.use(permanent(session), nowMs)
  }

  /** Sends calls in this session from now on; the server must be told again who we are. */
  use(traffic: Traffic, nowMs: number): void {
    this.current = traffic
    this.#calls.onNewKey()
    this.ping(nowMs)
  }

  /** A session under the permanent key, for one message. */
  sayFarewell(authKey: AuthKey): ClientSession {
    const session = this.make(authKey, new ClientSalts([]))
    this.farewell = permanent(session)
    return session
  }

  /** @param withinMs when the pong must have come, unless it is due sooner */
  ping(nowMs: number, withinMs: number = this.#state.limits.pongTimeoutMs): void {
    if (!this.current) return
    const { pingIntervalMs, disconnectDelayS } = this.#state.limits
    this.current.session.ping(readLong(this.#state.options.random(8)), disconnectDelayS)
    this.nextPingMs = nowMs + pingIntervalMs
    this.pongDeadlineMs = Math.min(this.pongDeadlineMs ?? Number.POSITIVE_INFINITY, nowMs + withinMs)
  }

  /** Another temporary key is bound: the one before waits for its last answers. */
  startDraining(): void {
    this.#calls.takeBack([this.#draining?.session])
    this.#draining = this.current
    const expiresAtMs = this.#draining?.expiresAtMs
    if (this.#draining && expiresAtMs !== undefined) this.#draining.deadlineMs = expiresAtMs + DRAIN_MS
  }

  /** Drops a replaced temporary key once its last answers are here, or can no longer be expected. */
  drain(nowMs: number): void {
    if (!this.#draining) return
    const { session, expiresAtMs = nowMs, deadlineMs = nowMs } = this.#draining
    this.#draining.isMute = nowMs >= expiresAtMs
    if (!session.isIdle && nowMs < deadlineMs) return
    this.#calls.takeBack([session])
    this.#draining = undefined
  }

  /** Drops the session in use; its calls wait for the next one. */
  drop(): void {
    this.#calls.takeBack([this.current?.session, this.#draining?.session])
    this.current = undefined
    this.#draining = undefined
    this.nextPingMs = undefined
    this.pongDeadlineMs = undefined
  }
}

function permanent(session: ClientSession): Traffic {
  return { session, renewAtMs: undefined, expiresAtMs: undefined, isMute: false, deadlineMs: undefined }
}

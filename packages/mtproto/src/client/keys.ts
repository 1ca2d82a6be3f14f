import { encryptRsaPad, readLong } from '../crypto/index.ts'
import { readConstructorId, unwrapS } from '../envelope/index.ts'
import {
  ConnectionError,
  MtprotoError,
  ProtocolError,
  RpcError,
  SecurityError,
  type TransportError,
  UsageError,
} from '../errors.ts'
import type { ClientExchangeSetup, MadeKey } from '../exchange/index.ts'
import type { ClientKeys } from '../machine.ts'
import { encodeService } from '../service.ts'
import { ClientSalts, type ClientSession, encodeBindRequest, readRpcError } from '../session/index.ts'
import { KeyMaking } from './key-making.ts'
import type { Sessions } from './sessions.ts'
import type { ClientState } from './state.ts'

const BOOL_TRUE_ID = 0x997275b5
/** A server that forgets a key a minute after it was made is out of order; later, the key is lost. */
const YOUNG_KEY_MS = 60_000
/** This many -404 in a row mean that the key is lost; fewer can be the fault of one server. */
const MAX_UNKNOWN_KEY_STRIKES = 2
/** Pauses between attempts to replace a key that still works: each is twice as long as the one before, up to a bound. */
const FIRST_RENEWAL_PAUSE_MS = 5_000
const MAX_RENEWAL_PAUSE_MS = 300_000
/** No server can have a client wait longer than a day before it binds the next key. */
const MAX_ASKED_PAUSE_MS = 86_400_000

/** Errors of servers that have never heard of auth.bindTempAuthKey. */
const UNKNOWN_METHOD =
  /^(?:INPUT_)?(?:METHOD|CONSTRUCTOR)_(?:INVALID|UNKNOWN|NOT_IMPLEMENTED|NOT_FOUND)|^NOT_IMPLEMENTED/

/** A client's permanent key and its temporary ones: made, bound, replaced, lost and destroyed. */
export class Keys {
  readonly #state: ClientState
  readonly #sessions: Sessions
  readonly #onReady: () => void
  #permanent: ClientKeys | undefined
  #madeAtMs = Number.NEGATIVE_INFINITY
  #making: KeyMaking | undefined
  #failures = 0
  /** Attempts in a row to replace a temporary key that still works. */
  #failedRenewals = 0
  /** The server has put the binding off until then. */
  #notBeforeMs: number | undefined
  #unknownKeyStrikes = 0
  #destroyWanted = false
  /** Salts or clock are not what was saved. */
  #hasChanged = false

  /** @param onReady there is a key that carries calls */
  constructor(state: ClientState, sessions: Sessions, onReady: () => void) {
    this.#state = state
    this.#sessions = sessions
    this.#onReady = onReady
    this.#permanent = state.options.keys
  }

  /** A key exchange is under way. */
  get isMaking(): boolean {
    return this.#making !== undefined
  }

  /** When a key exchange in silence is given up. */
  get deadlineMs(): number | undefined {
    return this.#making && this.#making.startedAtMs + this.#state.limits.exchangeTimeoutMs
  }

  /** When to make or replace a temporary key, where nothing is in the way. */
  get renewAtMs(): number | undefined {
    const { binding, farewell, current } = this.#sessions
    if (this.#making || binding || farewell) return undefined
    return current ? current.renewAtMs : this.#notBeforeMs
  }

  /** The transport is gone, or another: what was begun on it is over. */
  abandon(): void {
    this.#making = undefined
  }

  /** Calls flow: what went wrong before does not count. */
  onHealthy(): void {
    this.#failures = 0
  }

  /** A packet has been understood: the key is known. */
  onKnown(): void {
    this.#unknownKeyStrikes = 0
  }

  /** Salts or clock have changed: they are to be kept. */
  onChanged(): void {
    this.#hasChanged = true
  }

  wantDestroyed(): void {
    this.#destroyWanted = true
  }

  // ---- what the state calls for ----------------------------------------------------------------------------

  /** Makes, binds or replaces a key. */
  proceed(nowMs: number): void {
    if (!this.#making && !this.#sessions.binding) this.#next(nowMs)
    if (this.#destroyWanted) this.#destroy()
  }

  #next(nowMs: number): void {
    const { pfs } = this.#state.options
    const { current, farewell } = this.#sessions
    if (farewell) return
    if (!this.#permanent) {
      if (this.#destroyWanted) {
        this.#destroyWanted = false
        this.#state.out.push({ kind: 'save', keys: undefined })
      }
      this.#make(false, nowMs)
    } else if (pfs) {
      const dueMs = current ? current.renewAtMs : this.#notBeforeMs
      if (dueMs === undefined || dueMs <= nowMs) this.#make(true, nowMs)
    } else if (!current) {
      const { authKey, salts } = this.#permanent
      this.#sessions.usePermanent(this.#sessions.make(authKey, new ClientSalts(salts)), nowMs)
    }
  }

  /**
   * destroy_auth_key destroys the key it comes under. Temporary keys are bound to the permanent one and go with it, so
   * with them the permanent key carries this one message.
   */
  #destroy(): void {
    const session = this.#state.options.pfs
      ? this.#permanent && this.#sessions.sayFarewell(this.#permanent.authKey)
      : this.#sessions.current?.session
    if (!session) return
    this.#destroyWanted = false
    session.request({ kind: 'destroyKey' }, encodeService({ _: 'destroy_auth_key' }))
  }

  // ---- making and binding ----------------------------------------------------------------------------------

  #make(isTemporary: boolean, nowMs: number): void {
    const { options, clock, limits } = this.#state
    const { random, serverKeys, dcId, pfs } = options
    const expiresInS = isTemporary ? pfs?.expiresInS : undefined
    const setup: ClientExchangeSetup = {
      random,
      serverKeys,
      dcId,
      expiresInS,
      encryptInnerData: encryptRsaPad,
    }
    this.#making = new KeyMaking(setup, nowMs, nowMs + clock.offsetMs, limits.maxPlainBytes)
    this.#state.send(this.#making.firstPacket)
  }

  onPlain(packet: Uint8Array, nowMs: number): void {
    const making = this.#making
    if (!making) return
    try {
      const step = making.onPacket(packet, nowMs, nowMs + this.#state.clock.offsetMs)
      if ('made' in step) this.#onMade(making, step.made, nowMs)
      else this.#state.send(step.send)
    } catch (error) {
      if (!(error instanceof MtprotoError) || error instanceof UsageError) throw error
      this.onFailure(error, nowMs)
    }
  }

  /** A key is not made, or not bound: once more, or never. */
  onFailure(error: MtprotoError, nowMs: number): void {
    this.#making = undefined
    this.#sessions.binding = undefined
    const askedMs = askedPauseMs(error)
    if (askedMs > 0) this.#notBeforeMs = nowMs + askedMs
    if (this.#putRenewalOff(askedMs, nowMs)) return
    // A network that is down may be down for long, and a server that is busy be busy: what else a server says counts.
    if (!(error instanceof ConnectionError) && !isBusy(error)) this.#failures += 1
    // Nothing changes by trying again when the server is another one than we were told.
    const isHopeless = error instanceof SecurityError && error.code === 'SERVER_KEY_UNKNOWN'
    if (isHopeless || this.#failures >= this.#state.limits.maxExchangeFailures) this.#state.fail(error)
    else this.#state.reconnect(error)
  }

  /** While the key before still works, calls go on under it: the connection is left alone. False if there is none. */
  #putRenewalOff(askedMs: number, nowMs: number): boolean {
    const { current } = this.#sessions
    if (current?.expiresAtMs === undefined || current.expiresAtMs <= nowMs) return false
    const pauseMs = Math.min(FIRST_RENEWAL_PAUSE_MS * 2 ** this.#failedRenewals, MAX_RENEWAL_PAUSE_MS)
    this.#failedRenewals += 1
    current.renewAtMs = nowMs + Math.max(askedMs, pauseMs)
    return true
  }

  #onMade(making: KeyMaking, made: MadeKey, nowMs: number): void {
    this.#making = undefined
    this.#learnTime(making.offsetMs ?? 0)
    const salts = ClientSalts.fromExchange(made.firstSalt, unwrapS(made.serverTimeS, nowMs / 1000))
    if (making.isTemporary) {
      this.#bind(making, this.#sessions.make(made.authKey, salts), nowMs)
      return
    }
    this.#permanent = {
      authKey: made.authKey,
      timeOffsetMs: this.#state.clock.offsetMs,
      salts: salts.all,
    }
    this.#madeAtMs = nowMs
    this.#save()
    if (this.#state.options.pfs) return
    this.#sessions.usePermanent(this.#sessions.make(made.authKey, salts), nowMs)
    this.#onReady()
  }

  /** server_time has whole seconds and travels a while: a clock within that tolerance is left unchanged. */
  #learnTime(measuredMs: number): void {
    const { clock } = this.#state
    const isAbout = clock.offsetMs >= measuredMs && clock.offsetMs <= measuredMs + 2_000
    if (!isAbout) clock.offsetMs = measuredMs
  }

  #bind(making: KeyMaking, session: ClientSession, nowMs: number): void {
    const { options, limits, clock } = this.#state
    const { pfs, random } = options
    const permKey = this.#permanent?.authKey
    if (!pfs || !permKey) return
    const expiresAtS = Math.floor((making.startedAtMs + clock.offsetMs) / 1000) + pfs.expiresInS
    const nonce = readLong(random(8))
    session.request({ kind: 'bind' }, (msgId) => {
      const tempKey = session.authKey
      const binding = { permKey, tempKey, tempSessionId: session.sessionId, nonce, expiresAtS }
      return encodeBindRequest(binding, msgId, random)
    })
    this.#sessions.binding = {
      session,
      expiresAtMs: making.startedAtMs + pfs.expiresInS * 1000,
      isMute: false,
      renewAtMs: making.startedAtMs + pfs.expiresInS * 1000 * limits.renewAtShare,
      deadlineMs: nowMs + limits.exchangeTimeoutMs,
    }
  }

  /** The server has answered auth.bindTempAuthKey. */
  onBound(result: Uint8Array, nowMs: number): void {
    const { binding } = this.#sessions
    if (!binding) return
    this.#sessions.binding = undefined
    if (readConstructorId(result) === BOOL_TRUE_ID) {
      binding.deadlineMs = undefined
      this.#failedRenewals = 0
      this.#notBeforeMs = undefined
      this.#sessions.startDraining()
      this.#sessions.use(binding, nowMs)
      this.#onReady()
      return
    }
    const error = readRpcError(result) ?? new ProtocolError('BIND_FAILED', 'the server has not bound the key')
    if (error instanceof RpcError && UNKNOWN_METHOD.test(error.type)) {
      this.#state.fail(notBound(error))
      return
    }
    const isKeyLost = error instanceof RpcError && error.type === 'ENCRYPTED_MESSAGE_INVALID'
    if (isKeyLost && nowMs - this.#madeAtMs > YOUNG_KEY_MS) this.#forget()
    this.onFailure(error, nowMs)
  }

  // ---- losing and destroying -------------------------------------------------------------------------------

  /** -404: the server does not know the key in use, or will not go on with an exchange. */
  onRefused(error: TransportError, nowMs: number): void {
    const { binding, farewell, current } = this.#sessions
    const isRenewal = this.#making !== undefined && current?.expiresAtMs !== undefined && !farewell
    if (binding || isRenewal) {
      this.onFailure(error, nowMs)
      // It may be the key in use that the server does not know: then it says so again.
      this.#sessions.ping(nowMs)
    } else if (this.#state.options.pfs && current) {
      // Temporary keys live in the server's memory: it may lose them.
      this.#sessions.drop()
      // Or the permanent key is gone: asked again, the server says which.
      if (farewell) this.#state.reconnect(error)
    } else if (farewell) {
      this.#forget()
    } else if (this.#making) {
      this.onFailure(error, nowMs)
    } else {
      this.#onUnknown(error)
    }
  }

  /** The permanent key is unknown: maybe only to this server, so a second one is heard before it is given up. */
  #onUnknown(error: TransportError): void {
    this.#unknownKeyStrikes += 1
    if (this.#unknownKeyStrikes >= MAX_UNKNOWN_KEY_STRIKES) this.#forget()
    this.#state.reconnect(error)
  }

  /** destroy_auth_key has been answered. */
  onDestroyed(session: ClientSession, isGone: boolean): void {
    const isFarewell = session === this.#sessions.farewell?.session
    if (isGone) this.#forget()
    else session.forget(({ kind }) => kind === 'destroyKey')
    this.#sessions.farewell = undefined
    // The server may still refuse the temporary keys here: the next key is made elsewhere.
    if (isGone && isFarewell) {
      this.#state.reconnect(new ConnectionError('KEY_DESTROYED', 'the key is destroyed'))
    }
  }

  #forget(): void {
    this.#sessions.drop()
    this.#permanent = undefined
    this.#sessions.binding = undefined
    this.#sessions.farewell = undefined
    this.#hasChanged = false
    this.#unknownKeyStrikes = 0
    this.#state.out.push({ kind: 'save', keys: undefined })
  }

  /** Has the keys kept where salts or clock have changed. */
  saveChanges(): void {
    if (this.#hasChanged) this.#save()
  }

  #save(): void {
    this.#hasChanged = false
    if (!this.#permanent) return
    const { authKey } = this.#permanent
    const { options, clock, setBackMs, out } = this.#state
    // Salts belong to the key of the traffic; those of temporary keys are not kept.
    const salts = options.pfs ? [] : (this.#sessions.current?.session.salts.all ?? this.#permanent.salts)
    this.#permanent = { authKey, timeOffsetMs: clock.offsetMs + setBackMs, salts }
    out.push({ kind: 'save', keys: this.#permanent })
  }
}

/**
 * The server binds no temporary keys. Going on under the permanent key by itself would let whoever is in the way take
 * forward secrecy from a client by refusing a few packets.
 */
function notBound(cause: RpcError): ProtocolError {
  const message = `The server does not bind temporary keys (auth.bindTempAuthKey: ${cause.message}). For a server without forward secrecy, set the option \`pfs\` to false.`
  return new ProtocolError('PFS_UNSUPPORTED', message, { cause })
}

/** The server asks for a pause, or has trouble of its own, for which nothing is wrong with the key. */
function isBusy(error: MtprotoError): boolean {
  return error instanceof RpcError && (error.code === 420 || error.code >= 500 || error.code === -503)
}

/** How long the server asks to wait, in ms; 0 if it does not. */
function askedPauseMs(error: MtprotoError): number {
  if (!(error instanceof RpcError) || error.code !== 420) return 0
  return Math.min((error.argument ?? 0) * 1000, MAX_ASKED_PAUSE_MS)
}

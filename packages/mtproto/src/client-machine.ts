import { encryptRsaPad, readLong } from './crypto/index.ts'
import { decryptMessage, readAuthKeyId, readConstructorId } from './envelope/index.ts'
import {
  ConnectionError,
  MtprotoError,
  ProtocolError,
  RpcError,
  SecurityError,
  TransportError,
  UsageError,
} from './errors.ts'
import type { ClientExchangeSetup, MadeKey } from './exchange/index.ts'
import { chooseFraming, type Framing, makeClientFraming } from './framing/index.ts'
import { KeyMaking } from './key-making.ts'
import type { ClientInput, ClientKeys, ClientOutput, SizedMachine } from './machine.ts'
import { CLIENT_LIMITS, type ClientLimits, type ClientMachineOptions } from './options.ts'
import { decodeService, encodeService } from './service.ts'
import {
  Calls,
  ClientSalts,
  ClientSession,
  encodeBindRequest,
  QuickAcks,
  type RequestTag,
  readRpcError,
  type ServerClock,
} from './session/index.ts'

/** The transport: `lost` once we have asked for another. */
type Link =
  | { readonly at: 'closed' | 'lost' }
  | { readonly at: 'open'; readonly framing: Framing; readonly quickAcks: QuickAcks }

/** A session under a key that carries, or will carry, calls. */
interface Traffic {
  readonly session: ClientSession
  /** Of a temporary key. */
  readonly renewAtMs: number | undefined
  /** Of a temporary key. */
  readonly expiresAtMs: number | undefined
  /** The key has expired: nothing is sent under it any more, but answers may still come. */
  isMute: boolean
  /** Of a temporary key that is not bound yet, or has been replaced: when to give up waiting for it. */
  deadlineMs: number | undefined
}

/** The times of traffic under a permanent key: none. */
const PERMANENT = { renewAtMs: undefined, expiresAtMs: undefined, isMute: false, deadlineMs: undefined }

const BOOL_TRUE_ID = 0x997275b5
/** A server that forgets a key a minute after it was made is out of order; later, the key is lost. */
const YOUNG_KEY_MS = 60_000
/** -404 so often in a row means that the key is lost, and not that one server is. */
const MAX_UNKNOWN_KEY_STRIKES = 2
/** Answers under a temporary key are awaited for so long after it has expired. */
const DRAIN_MS = 60_000

/** A client's machine: one data centre, one key, one connection after the other. */
export function createClientMachine(options: ClientMachineOptions): SizedMachine<ClientInput, ClientOutput> {
  return new ClientMachine(options)
}

class ClientMachine implements SizedMachine<ClientInput, ClientOutput> {
  readonly #options: ClientMachineOptions
  readonly #limits: ClientLimits
  readonly #clock: ServerClock
  #out: ClientOutput[] = []
  #isDead = false
  #link: Link = { at: 'closed' }
  #isReady = false
  /** The permanent key. */
  #keys: ClientKeys | undefined
  #keysMadeAtMs = Number.NEGATIVE_INFINITY
  #making: KeyMaking | undefined
  #binding: Traffic | undefined
  #traffic: Traffic | undefined
  /** The session of a temporary key that has been replaced, until its last answers are here. */
  #draining: Traffic | undefined
  /** With temporary keys: the session under the permanent key in which that is destroyed. */
  #farewell: Traffic | undefined
  readonly #calls: Calls
  #hadSession = false
  /** The time of the last step, and how far the clock given to us has been set back so far. */
  #lastMs = Number.NEGATIVE_INFINITY
  #setBackMs = 0
  /** How many transport connections there have been. */
  #connections = 0
  #destroyWanted = false
  #hasChanged = false
  #exchangeFailures = 0
  #unknownKeyStrikes = 0
  #nextPingMs: number | undefined
  #pongDeadlineMs: number | undefined

  constructor(options: ClientMachineOptions) {
    chooseFraming(options.framing ?? 'intermediate', options.obfuscation)
    this.#options = options
    this.#limits = { ...CLIENT_LIMITS, ...options.limits }
    this.#keys = options.keys
    this.#clock = { offsetMs: options.keys?.timeOffsetMs ?? 0 }
    this.#calls = new Calls({
      initPrefix: options.initPrefix,
      maxPendingCalls: this.#limits.maxPendingCalls,
      maxRetries: this.#limits.maxInitRetries,
      hasTemporaryKeys: options.pfs !== undefined,
    })
  }

  get wakeAtMs(): number | undefined {
    if (this.#link.at !== 'open' || this.#isDead) return undefined
    const times = [
      this.#makingDeadlineMs,
      this.#nextPingMs,
      this.#pongDeadlineMs,
      this.#making || this.#binding || this.#farewell ? undefined : this.#traffic?.renewAtMs,
      this.#binding?.deadlineMs,
      this.#draining?.deadlineMs,
      ...this.#sessions().map(({ session, isMute }) => (isMute ? undefined : session.wakeAtMs)),
    ].filter((time) => time !== undefined)
    return times.length === 0 ? undefined : Math.min(...times) - this.#setBackMs
  }

  get tableSizes(): Record<string, number> {
    const sessions = this.#sessions()
    const requests = sessions.reduce((sum, { session }) => sum + session.pending, 0)
    return { calls: this.#calls.size, sessions: sessions.length, requests }
  }

  step(input: ClientInput, wallMs: number): ClientOutput[] {
    if (this.#isDead) return []
    const nowMs = this.#steady(wallMs)
    if (input.kind === 'call') this.#calls.check(input.callId)
    this.#out = []
    try {
      this.#onInput(input, nowMs)
      this.#proceed(nowMs)
      this.#flush(nowMs)
    } catch (error) {
      this.#onError(error)
    }
    return this.#out
  }

  /** A clock that is set back would stop every timer for as long: in here it stands still, and goes on. */
  #steady(wallMs: number): number {
    this.#setBackMs = Math.max(this.#setBackMs, this.#lastMs - wallMs)
    this.#lastMs = wallMs + this.#setBackMs
    return this.#lastMs
  }

  get #makingDeadlineMs(): number | undefined {
    return this.#making && this.#making.startedAtMs + this.#limits.exchangeTimeoutMs
  }

  #onInput(input: ClientInput, nowMs: number): void {
    switch (input.kind) {
      case 'opened':
        this.#onOpened(nowMs)
        break
      case 'bytes':
        this.#onBytes(input.chunk, nowMs)
        break
      case 'transportError':
        if (this.#link.at === 'open') this.#onTransportError(input.code)
        break
      case 'call':
        this.#calls.add(input.callId, input.body)
        break
      case 'cancel':
        this.#calls.cancel(input.callId)
        break
      case 'destroyKey':
        this.#destroyWanted = true
        break
      case 'closed':
        this.#link = { at: 'closed' }
        this.#making = undefined
        this.#pongDeadlineMs = undefined
        break
      case 'wake':
        this.#onWake(nowMs)
        break
    }
  }

  // ---- the connection --------------------------------------------------------------------------------------

  #onOpened(nowMs: number): void {
    this.#connections += 1
    const { framing = 'intermediate', obfuscation, dcId, random } = this.#options
    const { maxFrameBytes } = this.#limits
    const setup = { random, maxFrameBytes, obfuscation, dcId }
    this.#link = { at: 'open', framing: makeClientFraming(framing, setup), quickAcks: new QuickAcks() }
    this.#isReady = false
    this.#making = undefined
    for (const { session } of this.#sessions()) session.reopen()
    if (this.#binding) this.#binding.deadlineMs = nowMs + this.#limits.exchangeTimeoutMs
    if (this.#traffic) this.#ping(nowMs)
  }

  #onBytes(chunk: Uint8Array, nowMs: number): void {
    if (this.#link.at !== 'open') return
    for (const frame of this.#link.framing.push(chunk)) {
      // What one frame brings may end the connection, or the machine.
      if (this.#link.at !== 'open' || this.#isDead) return
      if (frame.kind === 'payload') this.#onPayload(frame.payload, nowMs)
      else if (frame.kind === 'transportError') this.#onTransportError(frame.code)
      else if (frame.kind === 'quickAck') this.#onQuickAck(this.#link.quickAcks.take(frame.token))
      else if (frame.kind === 'failed') throw frame.error
    }
  }

  #onPayload(payload: Uint8Array, nowMs: number): void {
    const authKeyId = readAuthKeyId(payload)
    if (authKeyId === undefined)
      throw new ProtocolError('PACKET_INVALID', 'a packet of the server is too short')
    if (authKeyId === 0n) {
      this.#onPlain(payload, nowMs)
      return
    }
    const traffic = this.#sessions().find(({ session }) => session.authKey.id === authKeyId)
    // A late packet under a key that we have dropped.
    if (!traffic) return
    const decrypted = decryptMessage(traffic.session.authKey, 'client', payload)
    if (!decrypted.ok) {
      throw new SecurityError(
        'PACKET_REJECTED',
        `a packet of the server is not authentic: ${decrypted.rejection}`,
      )
    }
    this.#pongDeadlineMs = undefined
    this.#unknownKeyStrikes = 0
    traffic.session.receive(decrypted.message, nowMs)
  }

  #onQuickAck(acknowledged: readonly number[]): void {
    const callIds = acknowledged.filter((callId) => this.#calls.has(callId))
    if (callIds.length > 0) this.#out.push({ kind: 'quickAck', callIds })
  }

  #onTransportError(code: number): void {
    const error = new TransportError(code)
    if (code === -444) {
      this.#fail(error)
    } else if (code !== -404) {
      this.#reconnect(error)
    } else if (this.#binding) {
      this.#binding = undefined
      this.#onExchangeFailure(error)
    } else if (this.#options.pfs && this.#traffic) {
      // Temporary keys live in the server's memory: it may lose them.
      this.#dropTraffic()
      // Or the permanent key is gone: asked again, the server says which.
      if (this.#farewell) this.#reconnect(error)
    } else if (this.#farewell) {
      this.#forgetKeys()
    } else if (this.#making) {
      this.#onExchangeFailure(error)
    } else {
      this.#onUnknownKey(error)
    }
  }

  /** The permanent key is unknown: maybe only to this server, so a second one is heard before it is given up. */
  #onUnknownKey(error: TransportError): void {
    this.#unknownKeyStrikes += 1
    if (this.#unknownKeyStrikes >= MAX_UNKNOWN_KEY_STRIKES) this.#forgetKeys()
    this.#reconnect(error)
  }

  #reconnect(reason: MtprotoError): void {
    if (this.#link.at !== 'open') return
    this.#link = { at: 'lost' }
    this.#out.push({ kind: 'reconnect', reason })
  }

  #fail(error: MtprotoError): void {
    this.#isDead = true
    this.#out.push({ kind: 'failed', error })
  }

  #onError(error: unknown): void {
    if (error instanceof MtprotoError && !(error instanceof UsageError)) this.#reconnect(error)
    else this.#fail(new ProtocolError('INTERNAL', 'the client machine has a fault', { cause: error }))
  }

  #ready(): void {
    this.#exchangeFailures = 0
    if (this.#isReady) return
    this.#isReady = true
    this.#out.push({ kind: 'ready' })
  }

  // ---- time ------------------------------------------------------------------------------------------------

  #onWake(nowMs: number): void {
    if (this.#link.at !== 'open') return
    const isPast = (time: number | undefined) => time !== undefined && time <= nowMs
    if (isPast(this.#makingDeadlineMs) || isPast(this.#binding?.deadlineMs)) {
      this.#onExchangeFailure(
        new ConnectionError('EXCHANGE_TIMEOUT', 'the server does not go on with the key exchange'),
      )
    } else if (isPast(this.#pongDeadlineMs)) {
      this.#reconnect(new ConnectionError('PONG_TIMEOUT', 'the server does not answer pings'))
    } else if (isPast(this.#nextPingMs)) {
      this.#ping(nowMs)
    }
  }

  #ping(nowMs: number): void {
    const { pingIntervalMs, pongTimeoutMs, disconnectDelayS } = this.#limits
    this.#traffic?.session.ping(readLong(this.#options.random(8)), disconnectDelayS)
    this.#nextPingMs = nowMs + pingIntervalMs
    this.#pongDeadlineMs = nowMs + pongTimeoutMs
  }

  // ---- keys ------------------------------------------------------------------------------------------------

  #sessions(): Traffic[] {
    return [this.#traffic, this.#draining, this.#binding, this.#farewell].filter(
      (traffic) => traffic !== undefined,
    )
  }

  /** Does what the state calls for: makes, binds or renews a key, hands calls over to the session. */
  #proceed(nowMs: number): void {
    if (this.#link.at !== 'open' || this.#isDead) return
    const { expiresAtMs = Number.POSITIVE_INFINITY } = this.#traffic ?? {}
    if (expiresAtMs <= nowMs) this.#dropTraffic()
    this.#drain(nowMs)
    if (!this.#making && !this.#binding) this.#nextKey(nowMs)
    const session = this.#traffic?.session
    if (this.#destroyWanted) this.#destroy()
    if (!session) return
    this.#calls.handOver(session)
    if (this.#hasChanged) this.#save()
  }

  /** A temporary key that has been replaced goes when its last answers are here, or are not to be expected any more. */
  #drain(nowMs: number): void {
    if (!this.#draining) return
    const { session, expiresAtMs = nowMs, deadlineMs = nowMs } = this.#draining
    this.#draining.isMute = nowMs >= expiresAtMs
    if (!session.isIdle && nowMs < deadlineMs) return
    this.#calls.takeBack([session])
    this.#draining = undefined
  }

  /**
   * destroy_auth_key destroys the key it comes under. Temporary keys are bound to the permanent one and go with it, so
   * with them the permanent key carries this one message.
   */
  #destroy(): void {
    const keys = this.#keys
    const session = this.#options.pfs
      ? keys && this.#newSession(keys.authKey, new ClientSalts([]))
      : this.#traffic?.session
    if (!session) return
    this.#destroyWanted = false
    session.request({ kind: 'destroyKey' }, encodeService({ _: 'destroy_auth_key' }))
    if (this.#options.pfs) this.#farewell = { session, ...PERMANENT }
  }

  #nextKey(nowMs: number): void {
    const { pfs } = this.#options
    if (this.#farewell) return
    if (!this.#keys) {
      if (this.#destroyWanted) {
        this.#destroyWanted = false
        this.#out.push({ kind: 'save', keys: undefined })
      }
      this.#make(false, nowMs)
    } else if (pfs) {
      const renewAtMs = this.#traffic?.renewAtMs
      if (renewAtMs === undefined || renewAtMs <= nowMs) this.#make(true, nowMs)
    } else if (!this.#traffic) {
      const session = this.#newSession(this.#keys.authKey, new ClientSalts(this.#keys.salts))
      this.#setTraffic({ session, ...PERMANENT }, nowMs)
    }
  }

  #make(isTemporary: boolean, nowMs: number): void {
    const { random, serverKeys, dcId, pfs } = this.#options
    const expiresInS = isTemporary ? pfs?.expiresInS : undefined
    const setup: ClientExchangeSetup = {
      random,
      serverKeys,
      dcId,
      expiresInS,
      encryptInnerData: encryptRsaPad,
    }
    this.#making = new KeyMaking(setup, nowMs, nowMs + this.#clock.offsetMs)
    this.#sendPacket(this.#making.firstPacket)
  }

  #onPlain(packet: Uint8Array, nowMs: number): void {
    const making = this.#making
    if (!making) return
    try {
      const step = making.onPacket(packet, nowMs, nowMs + this.#clock.offsetMs)
      if ('made' in step) this.#onMade(making, step.made, nowMs)
      else this.#sendPacket(step.send)
    } catch (error) {
      if (!(error instanceof MtprotoError) || error instanceof UsageError) throw error
      this.#onExchangeFailure(error)
    }
  }

  #onExchangeFailure(error: MtprotoError): void {
    this.#making = undefined
    this.#binding = undefined
    // A network that is down may be down for long: only what a server says counts.
    if (!(error instanceof ConnectionError)) this.#exchangeFailures += 1
    // Nothing changes by trying again when the server is another one than we were told.
    const isHopeless = error instanceof SecurityError && error.code === 'SERVER_KEY_UNKNOWN'
    if (isHopeless || this.#exchangeFailures >= this.#limits.maxExchangeFailures) this.#fail(error)
    else this.#reconnect(error)
  }

  #onMade(making: KeyMaking, made: MadeKey, nowMs: number): void {
    this.#making = undefined
    this.#learnTime(making.offsetMs ?? 0)
    const salts = ClientSalts.fromExchange(made.firstSalt, made.serverTimeS)
    if (making.isTemporary) {
      this.#bind(making, this.#newSession(made.authKey, salts), nowMs)
      return
    }
    this.#keys = { authKey: made.authKey, timeOffsetMs: this.#clock.offsetMs, salts: salts.all }
    this.#keysMadeAtMs = nowMs
    this.#save()
    if (this.#options.pfs) return
    const session = this.#newSession(made.authKey, salts)
    this.#setTraffic({ session, ...PERMANENT }, nowMs)
    this.#ready()
  }

  /** server_time has whole seconds and is late by the way here: what is within that is left as it is. */
  #learnTime(measuredMs: number): void {
    const { offsetMs } = this.#clock
    if (offsetMs < measuredMs || offsetMs > measuredMs + 2_000) this.#clock.offsetMs = measuredMs
  }

  #bind(making: KeyMaking, session: ClientSession, nowMs: number): void {
    const { pfs, random } = this.#options
    const permKey = this.#keys?.authKey
    if (!pfs || !permKey) return
    const expiresAtS = Math.floor((making.startedAtMs + this.#clock.offsetMs) / 1000) + pfs.expiresInS
    const nonce = readLong(random(8))
    session.request({ kind: 'bind' }, (msgId) => {
      const binding = {
        permKey,
        tempKey: session.authKey,
        tempSessionId: session.sessionId,
        nonce,
        expiresAtS,
      }
      return encodeBindRequest(binding, msgId, random)
    })
    this.#binding = {
      session,
      expiresAtMs: making.startedAtMs + pfs.expiresInS * 1000,
      isMute: false,
      renewAtMs: making.startedAtMs + pfs.expiresInS * 1000 * this.#limits.renewAtShare,
      deadlineMs: nowMs + this.#limits.exchangeTimeoutMs,
    }
  }

  #onBound(result: Uint8Array, nowMs: number): void {
    const binding = this.#binding
    if (!binding) return
    this.#binding = undefined
    if (readConstructorId(result) === BOOL_TRUE_ID) {
      binding.deadlineMs = undefined
      this.#startDraining()
      this.#setTraffic(binding, nowMs)
      this.#ready()
      return
    }
    const error = readRpcError(result) ?? new ProtocolError('BIND_FAILED', 'the server has not bound the key')
    const isKeyLost = error instanceof RpcError && error.type === 'ENCRYPTED_MESSAGE_INVALID'
    if (isKeyLost && nowMs - this.#keysMadeAtMs > YOUNG_KEY_MS) this.#forgetKeys()
    this.#onExchangeFailure(error)
  }

  #newSession(authKey: ClientKeys['authKey'], salts: ClientSalts): ClientSession {
    const session: ClientSession = new ClientSession({
      random: this.#options.random,
      limits: this.#limits,
      clock: this.#clock,
      authKey,
      salts,
      overHttp: this.#options.framing === 'bare',
      host: {
        onHeard: () => {
          if (session === this.#traffic?.session) this.#ready()
        },
        onResult: (tag, result, nowMs) => this.#onResult(session, tag, result, nowMs),
        onUpdate: (body) => this.#out.push({ kind: 'update', body }),
        onNewSession: (isAnew) => this.#onNewSession(isAnew),
        onChanged: () => {
          this.#hasChanged = true
        },
        onKeyDestroyed: (isGone) => this.#onKeyDestroyed(session, isGone),
      },
    })
    return session
  }

  #startDraining(): void {
    this.#calls.takeBack([this.#draining?.session])
    this.#draining = this.#traffic
    const expiresAtMs = this.#draining?.expiresAtMs
    if (this.#draining && expiresAtMs !== undefined) this.#draining.deadlineMs = expiresAtMs + DRAIN_MS
  }

  /** From here on calls go this way; the server has to be told again who we are. */
  #setTraffic(traffic: Traffic, nowMs: number): void {
    this.#traffic = traffic
    this.#calls.onNewKey()
    this.#ping(nowMs)
  }

  /** The calls of a session that is no more wait for the next one. */
  #dropTraffic(): void {
    this.#calls.takeBack([this.#traffic?.session, this.#draining?.session])
    this.#traffic = undefined
    this.#draining = undefined
    this.#nextPingMs = undefined
    this.#pongDeadlineMs = undefined
  }

  #forgetKeys(): void {
    this.#dropTraffic()
    this.#keys = undefined
    this.#binding = undefined
    this.#farewell = undefined
    this.#hasChanged = false
    this.#unknownKeyStrikes = 0
    this.#out.push({ kind: 'save', keys: undefined })
  }

  #onKeyDestroyed(session: ClientSession, isGone: boolean): void {
    const isFarewell = session === this.#farewell?.session
    if (isGone) this.#forgetKeys()
    else session.forget(({ kind }) => kind === 'destroyKey')
    this.#farewell = undefined
    // The server may still refuse the temporary keys here: the next key is made elsewhere.
    if (isGone && isFarewell) this.#reconnect(new ConnectionError('KEY_DESTROYED', 'the key is destroyed'))
  }

  /** The first session of a machine has nothing to be forgotten, unless an earlier word of its making was lost. */
  #onNewSession(isAnew: boolean): void {
    if (this.#hadSession || isAnew || this.#connections > 1) this.#out.push({ kind: 'newSession' })
    this.#hadSession = true
  }

  #save(): void {
    this.#hasChanged = false
    if (!this.#keys) return
    const { authKey } = this.#keys
    // Salts belong to the key of the traffic: with temporary keys there are none to keep.
    const salts = this.#options.pfs ? [] : (this.#traffic?.session.salts.all ?? this.#keys.salts)
    this.#keys = { authKey, timeOffsetMs: this.#clock.offsetMs + this.#setBackMs, salts }
    this.#out.push({ kind: 'save', keys: this.#keys })
  }

  #onResult(session: ClientSession, tag: RequestTag, result: Uint8Array, nowMs: number): void {
    switch (tag.kind) {
      case 'bind':
        this.#onBound(result, nowMs)
        break
      case 'destroyKey': {
        // One server has this answer in an rpc_result, others send it by itself.
        const { _ } = decodeService(result)
        this.#onKeyDestroyed(session, _ === 'destroy_auth_key_ok' || _ === 'destroy_auth_key_none')
        break
      }
      case 'call':
        this.#onAnswer(session, tag.callId, result)
        break
      // However it is answered, the answer is ours no more.
      case 'drop':
        break
    }
  }

  #onAnswer(session: ClientSession, callId: number, result: Uint8Array): void {
    const isInUse = session === this.#traffic?.session
    const outcome = this.#calls.onAnswer(callId, result, isInUse)
    if (outcome.kind === 'result' || outcome.kind === 'refused') this.#out.push(outcome)
    if (outcome.kind === 'unbound' && isInUse) this.#dropTraffic()
  }

  // ---- sending ---------------------------------------------------------------------------------------------

  #flush(nowMs: number): void {
    if (this.#link.at !== 'open' || this.#isDead) return
    for (const { session, isMute } of this.#sessions()) {
      if (isMute) continue
      const listens = session === this.#traffic?.session
      for (const { bytes, quickAckToken, callIds } of session.flush(nowMs, listens)) {
        const wantsQuickAck = this.#options.quickAcks === true && callIds.length > 0
        if (wantsQuickAck) this.#link.quickAcks.await(quickAckToken, callIds)
        this.#sendPacket(bytes, wantsQuickAck)
      }
    }
  }

  #sendPacket(packet: Uint8Array, wantsQuickAck = false): void {
    if (this.#link.at === 'open') {
      this.#out.push({ kind: 'send', chunk: this.#link.framing.encodeFrame(packet, wantsQuickAck) })
    }
  }
}

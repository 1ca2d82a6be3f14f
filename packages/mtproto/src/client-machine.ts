import { Keys } from './client/keys.ts'
import { Sessions } from './client/sessions.ts'
import { ClientState } from './client/state.ts'
import { decryptMessage, readAuthKeyId } from './envelope/index.ts'
import {
  ConnectionError,
  MtprotoError,
  ProtocolError,
  SecurityError,
  TransportError,
  UsageError,
} from './errors.ts'
import { chooseFraming, makeClientFraming } from './framing/index.ts'
import type { AddressFraming, ClientInput, ClientOutput, SizedMachine } from './machine.ts'
import type { ClientMachineOptions } from './options.ts'
import { decodeService } from './service.ts'
import {
  Calls,
  type ClientSession,
  earliest,
  QuickAcks,
  type RequestTag,
  type SessionHost,
} from './session/index.ts'

/** A client's machine: one data centre, one key, one connection after the other. */
export function createClientMachine(options: ClientMachineOptions): SizedMachine<ClientInput, ClientOutput> {
  return new ClientMachine(options)
}

class ClientMachine implements SizedMachine<ClientInput, ClientOutput> {
  readonly #state: ClientState
  readonly #calls: Calls
  readonly #sessions: Sessions
  readonly #keys: Keys
  #hasStepped = false
  #isReady = false
  #hadSession = false
  /** The number of transport connections so far. */
  #connections = 0

  constructor(options: ClientMachineOptions) {
    chooseFraming(options.framing ?? 'intermediate', options.obfuscation)
    this.#state = new ClientState(options)
    const { maxPendingCalls, maxInitRetries: maxRetries } = this.#state.limits
    const hasTemporaryKeys = options.pfs !== undefined
    this.#calls = new Calls({
      initPrefix: options.initPrefix,
      maxPendingCalls,
      maxRetries,
      hasTemporaryKeys,
    })
    this.#sessions = new Sessions(this.#state, this.#calls, (session) => this.#hostOf(session))
    this.#keys = new Keys(this.#state, this.#sessions, () => this.#ready())
  }

  get wakeAtMs(): number | undefined {
    if (!this.#state.isOpen) return undefined
    const { deadlineMs, renewAtMs } = this.#keys
    const wakeAtMs = earliest(earliest(deadlineMs, renewAtMs), this.#sessions.wakeAtMs)
    return wakeAtMs === undefined ? undefined : wakeAtMs - this.#state.setBackMs
  }

  get tableSizes(): Record<string, number> {
    const sessions = this.#sessions.all
    const requests = sessions.reduce((sum, { session }) => sum + session.pending, 0)
    return { calls: this.#calls.size, sessions: sessions.length, requests }
  }

  step(input: ClientInput, wallMs: number): ClientOutput[] {
    if (this.#state.isDead) return []
    const isFirst = !this.#hasStepped
    this.#hasStepped = true
    const nowMs = this.#state.steady(wallMs)
    if (isFirst && this.#state.dropImpossibleOffset(nowMs)) this.#keys.onChanged()
    if (input.kind === 'call') this.#calls.check(input.callId)
    this.#state.out = []
    this.#state.unpacking.renew()
    try {
      this.#onInput(input, nowMs)
      if (input.kind === 'call' && input.isMore === true) return this.#state.out
      this.#proceed(nowMs)
      this.#flush(nowMs)
    } catch (error) {
      const isOfPeer = error instanceof MtprotoError && !(error instanceof UsageError)
      if (isOfPeer) this.#state.reconnect(error)
      else this.#state.failInside(error)
    }
    return this.#state.out
  }

  #onInput(input: ClientInput, nowMs: number): void {
    switch (input.kind) {
      case 'opened':
        this.#onOpened(input.framing, nowMs)
        break
      case 'bytes':
        this.#onBytes(input.chunk, nowMs)
        break
      case 'transportError':
        if (this.#state.link.at === 'open') this.#onTransportError(input.code, nowMs)
        break
      case 'unanswered':
        if (this.#state.link.at === 'open') this.#onUnanswered(nowMs)
        break
      case 'call':
        this.#calls.add(input)
        break
      case 'cancel':
        this.#calls.cancel(input.callId)
        break
      case 'destroyKey':
        this.#keys.wantDestroyed()
        break
      case 'closed':
        this.#state.link = { at: 'closed' }
        this.#keys.abandon()
        this.#sessions.pongDeadlineMs = undefined
        break
      case 'wake':
        this.#onWake(nowMs)
        break
      case 'probe':
        if (this.#state.link.at === 'open') this.#sessions.ping(nowMs, this.#state.limits.probeTimeoutMs)
        break
    }
  }

  // ---- the connection --------------------------------------------------------------------------------------

  #onOpened(wanted: AddressFraming | undefined, nowMs: number): void {
    this.#connections += 1
    const { options, limits } = this.#state
    const { framing = 'intermediate', obfuscation, dcId, random } = options
    const { maxFrameBytes, exchangeTimeoutMs } = limits
    const setup = { random, maxFrameBytes, obfuscation, dcId, ...wanted }
    this.#state.link = {
      at: 'open',
      framing: makeClientFraming(framing, setup),
      quickAcks: new QuickAcks(),
    }
    this.#isReady = false
    this.#keys.abandon()
    for (const { session } of this.#sessions.all) session.reopen()
    if (this.#sessions.binding) this.#sessions.binding.deadlineMs = nowMs + exchangeTimeoutMs
    if (this.#sessions.current) this.#sessions.ping(nowMs)
  }

  #onBytes(chunk: Uint8Array, nowMs: number): void {
    const { link } = this.#state
    if (link.at !== 'open') return
    for (const frame of link.framing.push(chunk)) {
      // A frame may end the connection, or the machine.
      if (!this.#state.isOpen) return
      if (frame.kind === 'payload') this.#onPayload(frame.payload, nowMs)
      else if (frame.kind === 'transportError') this.#onTransportError(frame.code, nowMs)
      else if (frame.kind === 'quickAck') this.#onQuickAck(link.quickAcks.take(frame.token))
      else if (frame.kind === 'failed') throw frame.error
    }
  }

  #onPayload(payload: Uint8Array, nowMs: number): void {
    const authKeyId = readAuthKeyId(payload)
    if (authKeyId === undefined)
      throw new ProtocolError('PACKET_INVALID', 'a packet of the server is too short')
    if (authKeyId === 0n) {
      this.#keys.onPlain(payload, nowMs)
      return
    }
    const traffic = this.#sessions.all.find(({ session }) => session.authKey.id === authKeyId)
    // A late packet under a key that we have dropped.
    if (!traffic) return
    const decrypted = decryptMessage(traffic.session.authKey, 'client', payload)
    if (!decrypted.ok) {
      throw new SecurityError(
        'PACKET_REJECTED',
        `a packet of the server is not authentic: ${decrypted.rejection}`,
      )
    }
    this.#sessions.pongDeadlineMs = undefined
    this.#keys.onKnown()
    traffic.session.receive(decrypted.message, nowMs)
  }

  #onQuickAck(acknowledged: readonly number[]): void {
    const callIds = acknowledged.filter((callId) => this.#calls.has(callId))
    if (callIds.length > 0) this.#state.out.push({ kind: 'quickAck', callIds })
  }

  #onTransportError(code: number, nowMs: number): void {
    const error = new TransportError(code)
    if (code === -444) this.#state.fail(error)
    else if (code === -404) this.#keys.onRefused(error, nowMs)
    else this.#state.reconnect(error)
  }

  /** A server ignores a packet that comes again as it was: its contents go out in another one. */
  #onUnanswered(nowMs: number): void {
    if (this.#keys.isMaking) {
      const message = 'the connection ended without an answer in the middle of a key exchange'
      this.#state.reconnect(new ConnectionError('EXCHANGE_TIMEOUT', message))
      return
    }
    for (const { session } of this.#sessions.all) session.onUnanswered()
    // A ping may have been lost with it.
    this.#sessions.ping(nowMs)
  }

  #ready(): void {
    this.#keys.onHealthy()
    if (this.#isReady) return
    this.#isReady = true
    this.#state.out.push({ kind: 'ready' })
  }

  // ---- time ------------------------------------------------------------------------------------------------

  #onWake(nowMs: number): void {
    if (this.#state.link.at !== 'open') return
    const isPast = (time: number | undefined) => time !== undefined && time <= nowMs
    const { binding, pongDeadlineMs, nextPingMs } = this.#sessions
    if (isPast(this.#keys.deadlineMs) || isPast(binding?.deadlineMs)) {
      this.#keys.onFailure(
        new ConnectionError('EXCHANGE_TIMEOUT', 'key exchange timed out: no reply from the server'),
        nowMs,
      )
    } else if (isPast(pongDeadlineMs)) {
      this.#state.reconnect(new ConnectionError('PONG_TIMEOUT', 'the server does not answer pings'))
    } else if (isPast(nextPingMs)) {
      this.#sessions.ping(nowMs)
    }
  }

  /** Does what the state calls for: makes, binds or renews a key, hands calls over to the session. */
  #proceed(nowMs: number): void {
    if (!this.#state.isOpen) return
    const { expiresAtMs = Number.POSITIVE_INFINITY } = this.#sessions.current ?? {}
    if (expiresAtMs <= nowMs) this.#sessions.drop()
    this.#sessions.drain(nowMs)
    this.#keys.proceed(nowMs)
    const session = this.#sessions.current?.session
    if (!session) return
    this.#calls.handOver(session)
    this.#keys.saveChanges()
  }

  // ---- what sessions tell ----------------------------------------------------------------------------------

  #hostOf(session: () => ClientSession): SessionHost {
    return {
      onHeard: () => {
        if (session() === this.#sessions.current?.session) this.#ready()
      },
      onResult: (tag, result, nowMs) => this.#onResult(session(), tag, result, nowMs),
      onUpdate: (body) => this.#state.out.push({ kind: 'update', body }),
      onNewSession: (isAnew) => this.#onNewSession(isAnew),
      onChanged: () => this.#keys.onChanged(),
      onKeyDestroyed: (isGone) => this.#keys.onDestroyed(session(), isGone),
    }
  }

  /** The first session of a machine has nothing to be forgotten, unless an earlier word of its making was lost. */
  #onNewSession(isAnew: boolean): void {
    if (this.#hadSession || isAnew || this.#connections > 1) this.#state.out.push({ kind: 'newSession' })
    this.#hadSession = true
  }

  #onResult(session: ClientSession, tag: RequestTag, result: Uint8Array, nowMs: number): void {
    switch (tag.kind) {
      case 'bind':
        this.#keys.onBound(result, nowMs)
        break
      case 'destroyKey': {
        // One server has this answer in an rpc_result, others send it by itself.
        const { _ } = decodeService(result)
        this.#keys.onDestroyed(session, _ === 'destroy_auth_key_ok' || _ === 'destroy_auth_key_none')
        break
      }
      case 'call':
        this.#onAnswer(session, tag.callId, result)
        break
      // The caller gave up; ignore the answer.
      case 'drop':
        break
    }
  }

  #onAnswer(session: ClientSession, callId: number, result: Uint8Array): void {
    const isInUse = session === this.#sessions.current?.session
    const outcome = this.#calls.onAnswer(callId, result, session, isInUse)
    if (outcome.kind === 'result' || outcome.kind === 'refused') this.#state.out.push(outcome)
    if (outcome.kind === 'unbound' && isInUse) this.#sessions.drop()
  }

  // ---- sending ---------------------------------------------------------------------------------------------

  #flush(nowMs: number): void {
    const { link, options } = this.#state
    if (link.at !== 'open' || this.#state.isDead) return
    for (const { session, isMute } of this.#sessions.all) {
      if (isMute) continue
      const listens = session === this.#sessions.current?.session
      for (const { bytes, quickAckToken, callIds } of session.flush(nowMs, listens)) {
        const wantsQuickAck = options.quickAcks === true && callIds.length > 0
        if (wantsQuickAck) link.quickAcks.await(quickAckToken, callIds)
        this.#state.send(bytes, wantsQuickAck)
      }
    }
  }
}

import { exportRsaPublicKey, makePq, parseRsaPublicKey } from './crypto/index.ts'
import {
  decodePlain,
  decryptMessage,
  type EncryptedMessage,
  encodeContainer,
  encodePlain,
  encryptMessage,
  type InnerMessage,
  isContainer,
  MSG_ID_BITS,
  readAuthKeyId,
} from './envelope/index.ts'
import { MtprotoError, ProtocolError, SecurityError, TransportError } from './errors.ts'
import { type ExchangeProgress, ServerExchanges } from './exchange/index.ts'
import { encodeTransportError, type Framing, makeServerFraming, parseProxySecret } from './framing/index.ts'
import type {
  ConnectionId,
  ExchangeResult,
  ServerInput,
  ServerKey,
  ServerOutput,
  SessionRef,
  SizedMachine,
} from './machine.ts'
import { SERVER_LIMITS, type ServerLimits, type ServerMachineOptions } from './options.ts'
import { encodeService, type ServiceMessage } from './service.ts'
import {
  checkPacket,
  HttpHold,
  KeySalts,
  Numbering,
  ServerSalts,
  ServerSession,
  type ServerSessionHost,
  Timers,
  WaitingPackets,
} from './session/index.ts'

interface Connection {
  readonly id: ConnectionId
  readonly dcId: number | undefined
  readonly network: string | undefined
  readonly framing: Framing
  readonly openedAtMs: number
  /** Keys and sessions that have been seen here. */
  readonly keys: Set<Key>
  readonly sessions: Set<ServerSession>
  /** Wrong handshake queries and unknown keys. */
  faults: number
  /** The key last found unknown here. */
  refusedKeyId: bigint | undefined
  readonly stranger: Alarm
  readonly silence: Alarm
  /** Over HTTP: the request that has no answer yet. */
  hold: HttpHold<ServerSession> | undefined
  readonly holdEnd: Alarm
}

/** A key in use, with its sessions. */
interface Key {
  readonly server: ServerKey
  /** The longest unused first. */
  readonly sessions: Map<bigint, ServerSession>
  readonly connections: Set<Connection>
  readonly salts: KeySalts
  readonly expiry: Alarm
}

/** What a timer is for. */
type Alarm =
  /** A connection has not shown a key it knows. */
  | { readonly kind: 'stranger'; readonly connection: ConnectionId }
  /** ping_delay_disconnect. */
  | { readonly kind: 'silence'; readonly connection: ConnectionId }
  /** Requests are to be acknowledged. */
  | { readonly kind: 'acks'; readonly session: ServerSession }
  /** A temporary key expires. */
  | { readonly kind: 'expiry'; readonly authKeyId: bigint }
  /** A request over HTTP is to be answered. */
  | { readonly kind: 'hold'; readonly connection: ConnectionId }

/** A connection carries a few keys at most: a temporary one and its successor, or those of a proxy's clients. */
const MAX_CONNECTION_KEYS = 64
const MAX_CONNECTION_SESSIONS = 256
/** All sessions are looked at, so not at every step. */
const SHED_EVERY_MS = 1000
/** How often an expired key is looked at under which something runs. */
const RUNNING_MS = 60_000

/** A server's machine: one for all connections of a node. */
export function createServerMachine(options: ServerMachineOptions): SizedMachine<ServerInput, ServerOutput> {
  return new ServerMachine(options)
}

class ServerMachine implements SizedMachine<ServerInput, ServerOutput> {
  readonly #options: ServerMachineOptions
  readonly #limits: ServerLimits
  readonly #proxySecrets: readonly Uint8Array[]
  readonly #salts: ServerSalts
  readonly #exchanges: ServerExchanges
  readonly #host: ServerSessionHost
  readonly #connections = new Map<ConnectionId, Connection>()
  readonly #keys = new Map<bigint, Key>()
  /** Keys of exchanges until the gateway has kept them. */
  readonly #unkept = new Map<number, ServerKey>()
  /** Packets under keys that are being looked up. */
  readonly #waiting: WaitingPackets
  /** The longest unused first. */
  readonly #sessions = new Set<ServerSession>()
  readonly #alarms = new Timers<Alarm>()
  readonly #ackAlarms = new Map<ServerSession, Alarm>()
  /** One for all sessions, so that a session made anew goes on above the ids of its predecessor. */
  readonly #lastMsgId = { value: 0n }
  /** What they all keep until it is acknowledged. */
  readonly #held = { bytes: 0 }
  #shedAtMs = 0
  /** Sessions that may have something to send when the step ends. */
  readonly #touched = new Set<ServerSession>()
  #aheadMs = 0
  #nowMs = 0
  #out: ServerOutput[] = []

  constructor(options: ServerMachineOptions) {
    this.#options = options
    this.#limits = { ...SERVER_LIMITS, ...options.limits }
    this.#proxySecrets = (options.mtproxySecrets ?? []).map((secret) => parseProxySecret(secret).secret)
    this.#salts = new ServerSalts(options.saltSecret)
    this.#waiting = new WaitingPackets(this.#limits.maxWaitingBytes)
    const rsaKeys = options.rsaKeys.map((key) => {
      const { fingerprint } = parseRsaPublicKey(exportRsaPublicKey(key))
      return { fingerprint, key }
    })
    const { random, makePq: makePqOf = makePq, offloadsExchanges: offloads } = options
    const { maxDhRetries } = this.#limits
    this.#exchanges = new ServerExchanges(
      { random, rsaKeys, makePq: makePqOf, maxDhRetries, offloads },
      this.#limits,
    )
    this.#host = this.#makeHost()
  }

  get wakeAtMs(): number | undefined {
    const [oldest] = this.#sessions
    const sweepAtMs = oldest && oldest.lastUsedMs + this.#limits.sessionLifeMs
    const times = [sweepAtMs, this.#alarms.nextAtMs, this.#exchanges.nextExpiryMs]
    const earliest = Math.min(...times.filter((time) => time !== undefined))
    return Number.isFinite(earliest) ? earliest : undefined
  }

  get tableSizes(): Record<string, number> {
    let running = 0
    let held = 0
    for (const session of this.#sessions) {
      running += session.tableSizes.running
      held += session.tableSizes.held
    }
    return {
      connections: this.#connections.size,
      keys: this.#keys.size,
      sessions: this.#sessions.size,
      exchanges: this.#exchanges.size + this.#unkept.size,
      waiting: this.#waiting.size,
      alarms: this.#alarms.size + this.#ackAlarms.size,
      running,
      held,
    }
  }

  step(input: ServerInput, nowMs: number): ServerOutput[] {
    this.#nowMs = nowMs
    this.#out = []
    switch (input.kind) {
      case 'opened':
        this.#onOpened(input)
        break
      case 'bytes':
        this.#onBytes(input.connection, input.chunk)
        break
      case 'closed':
        this.#forget(input.connection)
        break
      case 'key':
        this.#onKey(input.authKeyId, input.key)
        break
      case 'computed':
        this.#onComputed(input.exchange, input.result)
        break
      case 'keyKept':
        this.#onKeyKept(input.exchange, input.kept)
        break
      case 'keyDestroyed':
        this.#onKeyDestroyed(input)
        break
      case 'dropKey':
        this.#dropKey(input.authKeyId, input.reason)
        break
      case 'answer':
        this.#withSession(input.session, (session) => session.answer(input.msgId, input.body))
        break
      case 'withhold':
        this.#onWithhold(input)
        break
      case 'sendTransportError':
        this.#onSendTransportError(input.connection, input.code)
        break
      case 'push':
        this.#withSession(input.session, (session) => session.push(input.body))
        break
      case 'rulesClock':
        this.#aheadMs = input.aheadMs
        for (const key of this.#keys.values()) this.#awaitExpiry(key)
        break
      case 'wake':
        this.#onWake()
        break
    }
    this.#shed()
    this.#flush()
    return this.#out
  }

  // ---- connections -----------------------------------------------------------------------------------------

  #onOpened({ connection: id, dcId, network, framing: transport }: ServerInput & { kind: 'opened' }): void {
    const { random } = this.#options
    const { maxFrameBytes } = this.#limits
    const proxySecrets = this.#proxySecrets
    const connection: Connection = {
      id,
      dcId,
      network,
      framing: makeServerFraming({ random, maxFrameBytes, transport, proxySecrets }),
      openedAtMs: this.#nowMs,
      keys: new Set(),
      sessions: new Set(),
      faults: 0,
      refusedKeyId: undefined,
      stranger: { kind: 'stranger', connection: id },
      silence: { kind: 'silence', connection: id },
      hold: undefined,
      holdEnd: { kind: 'hold', connection: id },
    }
    this.#connections.set(id, connection)
    this.#alarms.set(connection.stranger, this.#nowMs + this.#limits.strangerLifeMs)
  }

  #onBytes(id: ConnectionId, chunk: Uint8Array): void {
    const connection = this.#connections.get(id)
    if (!connection) return
    this.#guard(connection, () => {
      if (connection.framing.kind === 'bare') this.#hold(connection)
      for (const frame of connection.framing.push(chunk)) {
        if (!this.#connections.has(id)) return
        if (frame.kind === 'payload') this.#onPayload(connection, frame.payload, frame.wantsQuickAck)
        else if (frame.kind === 'failed') throw frame.error
        else throw new ProtocolError('PACKET_INVALID', 'a client has sent what only a server sends')
      }
    })
  }

  /** Whatever a peer makes us throw ends its connection, and nothing else. */
  #guard(connection: Connection, run: () => void): void {
    try {
      run()
    } catch (error) {
      if (error instanceof TransportError) this.#sendTransportError(connection, error.transportCode)
      const isKnown = error instanceof MtprotoError
      const fault = new ProtocolError('INTERNAL', 'the server machine has a fault', { cause: error })
      this.#close(connection, isKnown ? error : fault)
    }
  }

  #onPayload(connection: Connection, packet: Uint8Array, wantsQuickAck: boolean): void {
    const authKeyId = readAuthKeyId(packet)
    if (authKeyId === undefined) throw new ProtocolError('PACKET_INVALID', 'a packet is too short')
    if (authKeyId === 0n) {
      this.#onPlain(connection, packet)
      return
    }
    const key = this.#keys.get(authKeyId)
    if (key) this.#onEncrypted(connection, key, packet, wantsQuickAck)
    else if (this.#waiting.add(authKeyId, { connection: connection.id, packet, wantsQuickAck })) {
      this.#out.push({ kind: 'needKey', authKeyId })
    }
  }

  #sendFrame(connection: Connection, payload: Uint8Array): void {
    const { id, framing } = connection
    if (framing.kind === 'bare' && !this.#release(connection)) return
    const chunk = framing.encodeFrame(payload)
    if (chunk.length > 0 || framing.kind === 'bare') this.#out.push({ kind: 'send', connection: id, chunk })
  }

  #sendTransportError(connection: Connection, code: number): void {
    const { id, framing } = connection
    if (framing.kind !== 'bare') this.#sendFrame(connection, encodeTransportError(code))
    else if (this.#release(connection)) this.#out.push({ kind: 'transportError', connection: id, code })
  }

  #onSendTransportError(id: ConnectionId, code: number): void {
    const connection = this.#connections.get(id)
    if (connection) this.#sendTransportError(connection, code)
  }

  /** -404: a few are tolerated, a connection that does nothing else is closed. */
  #refuse(connection: Connection, reason: MtprotoError): void {
    this.#sendTransportError(connection, -404)
    connection.faults += 1
    if (connection.faults >= this.#limits.maxConnectionFaults) this.#close(connection, reason)
  }

  #close(connection: Connection, reason?: MtprotoError): void {
    if (!this.#connections.has(connection.id)) return
    this.#forget(connection.id)
    this.#out.push({ kind: 'close', connection: connection.id, ...(reason ? { reason } : {}) })
  }

  #forget(id: ConnectionId): void {
    const connection = this.#connections.get(id)
    if (!connection) return
    this.#connections.delete(id)
    this.#exchanges.drop(id)
    this.#alarms.clear(connection.stranger)
    this.#alarms.clear(connection.silence)
    this.#release(connection)
    for (const session of connection.sessions) if (session.connection === id) session.connection = undefined
    for (const key of connection.keys) {
      key.connections.delete(connection)
      this.#forgetUnused(key)
    }
    this.#waiting.drop(id)
  }

  // ---- requests over HTTP ----------------------------------------------------------------------------------

  #hold(connection: Connection): void {
    if (connection.hold) throw new ProtocolError('PACKET_INVALID', 'a request before the answer to the last')
    connection.hold = new HttpHold(this.#nowMs)
    this.#alarms.set(connection.holdEnd, connection.hold.dueAtMs(0, this.#nowMs))
  }

  /** The answer is on its way: what comes now goes out with that to another request. False if none was awaited. */
  #release(connection: Connection): boolean {
    const { hold, id } = connection
    if (!hold) return false
    connection.hold = undefined
    this.#alarms.clear(connection.holdEnd)
    const { session } = hold
    if (session?.connection === id) session.connection = this.#lastHeld(session)
    return true
  }

  #lastHeld(session: ServerSession): ConnectionId | undefined {
    const connections = this.#keys.get(session.ref.authKeyId)?.connections ?? []
    return [...connections].findLast(({ hold }) => hold?.session === session)?.id
  }

  /** Answers with what there is, be it nothing. */
  #answerHeld(connection: Connection, session: ServerSession, key: Key): void {
    const { numbering, ref } = session
    const [news] = session.flush(this.#nowMs, 1)
    const outer = news ?? {
      msgId: numbering.nextId(this.#nowMs, MSG_ID_BITS.serverResponse),
      seqNo: numbering.nextSeqNo(false),
      body: encodeContainer([]),
    }
    this.#sendEncrypted(connection, key, ref.sessionId, outer)
  }

  #onHoldEnd(id: ConnectionId): void {
    const connection = this.#connections.get(id)
    const session = connection?.hold?.session
    const key = session && this.#keys.get(session.ref.authKeyId)
    if (connection && session && key) this.#answerHeld(connection, session, key)
    else if (connection)
      this.#close(connection, new ProtocolError('CONNECTION_IDLE', 'nothing to answer with'))
  }

  // ---- key exchanges ---------------------------------------------------------------------------------------

  #onPlain(connection: Connection, packet: Uint8Array): void {
    const { id, dcId, network, framing } = connection
    const canMove = framing.kind === 'bare'
    this.#exchange(connection, () => {
      const { body } = decodePlain(packet)
      return this.#exchanges.onMessage({ connection: id, dcId, network, canMove }, body, this.#nowMs)
    })
  }

  /** Lets an exchange go on. One that cannot is over, and the client told so. */
  #exchange(connection: Connection, goOn: () => ExchangeProgress): void {
    try {
      this.#onProgress(connection, goOn())
    } catch (error) {
      if (!(error instanceof MtprotoError) || error instanceof TransportError) throw error
      this.#refuse(connection, error)
    }
  }

  #onProgress(connection: Connection, { send, keep, compute, ignored }: ExchangeProgress): void {
    if (send) this.#sendPlain(connection, send)
    // There is no answer, but over HTTP something has to come.
    if (ignored && connection.framing.kind === 'bare') this.#sendFrame(connection, new Uint8Array(0))
    if (compute) this.#out.push({ kind: 'compute', ...compute })
    if (!keep) return
    const { exchange, authKey, firstSalt, expiresInS, dc } = keep
    const createdAtS = this.#rulesNowS()
    const expiresAtS = expiresInS === undefined ? undefined : createdAtS + expiresInS
    const key: ServerKey = { authKey, expiresAtS, firstSalt, createdAtS, dcId: connection.dcId }
    this.#unkept.set(exchange, key)
    const named = { dcId: dc?.id ?? connection.dcId, isTest: dc?.isTest ?? false }
    this.#out.push({ kind: 'keyMade', exchange, connection: connection.id, key, ...named })
  }

  #onComputed(exchange: number, result: ExchangeResult | undefined): void {
    const id = this.#exchanges.waitingFor(exchange)
    const connection = id === undefined ? undefined : this.#connections.get(id)
    if (!connection) {
      this.#exchanges.giveUp(exchange)
      return
    }
    this.#guard(connection, () => {
      this.#exchange(connection, () => this.#exchanges.onComputed(exchange, result, this.#nowMs))
    })
  }

  #onKeyKept(exchange: number, kept: boolean): void {
    const key = this.#unkept.get(exchange)
    this.#unkept.delete(exchange)
    const answer = this.#exchanges.onKept(exchange, kept)
    const connection = answer && this.#connections.get(answer.connection)
    if (!answer || !connection) return
    // Its first packet is about to come: no need to look the key up then.
    this.#guard(connection, () => {
      if (key && kept) this.#use(connection, this.#addKey(key))
      this.#sendPlain(connection, answer.send)
    })
  }

  #sendPlain(connection: Connection, body: Uint8Array): void {
    const numbering = new Numbering(this.#lastMsgId)
    const msgId = numbering.nextId(this.#nowMs, MSG_ID_BITS.serverResponse)
    this.#sendFrame(connection, encodePlain(msgId, body))
  }

  // ---- keys ------------------------------------------------------------------------------------------------

  #rulesNowS(): number {
    return Math.floor((this.#nowMs + this.#aheadMs) / 1000)
  }

  #addKey(server: ServerKey): Key {
    const known = this.#keys.get(server.authKey.id)
    if (known) return known
    const key: Key = {
      server,
      sessions: new Map(),
      connections: new Set(),
      salts: new KeySalts(this.#salts, server),
      expiry: { kind: 'expiry', authKeyId: server.authKey.id },
    }
    this.#keys.set(server.authKey.id, key)
    this.#awaitExpiry(key)
    return key
  }

  #use(connection: Connection, key: Key): void {
    if (connection.keys.has(key)) return
    if (connection.keys.size >= MAX_CONNECTION_KEYS) throw new TransportError(-429)
    connection.keys.add(key)
    key.connections.add(connection)
  }

  #forgetUnused(key: Key): void {
    if (key.sessions.size === 0 && key.connections.size === 0) this.#removeKey(key)
  }

  #onKey(authKeyId: bigint, server: ServerKey | undefined): void {
    const key = server && this.#addKey(server)
    for (const { connection: id, packet, wantsQuickAck } of this.#waiting.take(authKeyId)) {
      const connection = this.#connections.get(id)
      if (!connection) continue
      this.#guard(connection, () => {
        if (key) this.#onEncrypted(connection, key, packet, wantsQuickAck)
        else this.#onUnknownKey(connection, authKeyId)
      })
    }
    if (key) this.#forgetUnused(key)
  }

  /**
   * Once a client has been told and makes a new key, what it still sends under the old one is let be: another -404
   * would end the exchange (mtcute with temporary keys, after the server has lost them).
   */
  #onUnknownKey(connection: Connection, authKeyId: bigint): void {
    if (connection.refusedKeyId === authKeyId && this.#exchanges.has(connection.id)) return
    connection.refusedKeyId = authKeyId
    this.#refuse(connection, new ProtocolError('AUTH_KEY_UNKNOWN', 'there is no such key'))
  }

  #removeKey(key: Key): void {
    this.#keys.delete(key.server.authKey.id)
    this.#alarms.clear(key.expiry)
    for (const session of key.sessions.values()) this.#dropSession(session, key)
  }

  #awaitExpiry({ server: { expiresAtS }, expiry }: Key): void {
    if (expiresAtS !== undefined) this.#alarms.set(expiry, expiresAtS * 1000 - this.#aheadMs)
  }

  /**
   * Nobody is told before the key is used again: the client has another by now, and gets the answers to what still runs
   * under this one.
   */
  #onExpiry(authKeyId: bigint): void {
    const key = this.#keys.get(authKeyId)
    if (!key) return
    if ([...key.sessions.values()].some(({ tableSizes }) => tableSizes.running > 0)) {
      this.#alarms.set(key.expiry, this.#nowMs + RUNNING_MS)
      return
    }
    this.#removeKey(key)
    for (const connection of key.connections) connection.keys.delete(key)
  }

  #dropKey(authKeyId: bigint, reason: 'unknown' | 'revoked'): void {
    const key = this.#keys.get(authKeyId)
    if (!key) return
    this.#removeKey(key)
    for (const connection of key.connections) {
      connection.keys.delete(key)
      if (reason === 'unknown') this.#sendTransportError(connection, -404)
      else this.#close(connection, new ProtocolError('AUTH_KEY_REVOKED', 'the key is void'))
    }
  }

  // ---- sessions --------------------------------------------------------------------------------------------

  #onEncrypted(connection: Connection, key: Key, packet: Uint8Array, wantsQuickAck: boolean): void {
    const { authKey, expiresAtS, dcId } = key.server
    if (dcId !== undefined && connection.dcId !== undefined && dcId !== connection.dcId) {
      this.#onUnknownKey(connection, authKey.id)
      return
    }
    if (expiresAtS !== undefined && expiresAtS <= this.#rulesNowS()) {
      const isTold = key.connections.has(connection)
      this.#dropKey(authKey.id, 'unknown')
      if (!isTold) this.#refuse(connection, new ProtocolError('AUTH_KEY_EXPIRED', 'the key has expired'))
      return
    }
    const decrypted = decryptMessage(authKey, 'server', packet)
    // The same for every cause, or its differences would tell an attacker something.
    if (!decrypted.ok)
      throw new SecurityError('PACKET_REJECTED', `a packet is not authentic: ${decrypted.rejection}`)
    this.#use(connection, key)
    this.#alarms.clear(connection.stranger)
    const { message } = decrypted
    const session = key.sessions.get(message.sessionId)
    const bad = this.#checkSalt(key, message)
    if (bad) {
      this.#reply(connection, key, session, message, bad)
      return
    }
    const checked = checkPacket(message, session?.received, Math.floor(this.#nowMs / 1000))
    if ('bad' in checked) {
      const { msgId: badMsgId, seqNo: badMsgSeqno } = message
      const errorCode = checked.bad
      this.#reply(connection, key, session, message, {
        _: 'bad_msg_notification',
        badMsgId,
        badMsgSeqno,
        errorCode,
      })
      return
    }
    if (wantsQuickAck) {
      const chunk = connection.framing.encodeQuickAck(message.quickAckToken)
      if (chunk.length > 0) this.#out.push({ kind: 'send', connection: connection.id, chunk })
    }
    const taking = session ?? this.#addSession(key, message.sessionId)
    if (isContainer(message.body)) taking.containers.add(message.msgId)
    this.#onMessages(connection, taking, key, checked.messages)
  }

  /** A whole packet again: whatever its salt and its time by now, it has not been refused, and must not be. */
  #onRepeat(session: ServerSession, message: EncryptedMessage, key: Key): void {
    // What a container holds has been acknowledged or answered, and is asked about where that was lost.
    if (isContainer(message.body)) return
    session.receive([message], key.salts.current(this.#rulesNowS()), this.#nowMs)
    this.#touched.add(session)
  }

  #checkSalt({ salts }: Key, { salt, msgId, seqNo }: EncryptedMessage): ServiceMessage | undefined {
    const nowS = this.#rulesNowS()
    if (salts.accepts(salt, nowS)) return undefined
    const newServerSalt = salts.current(nowS)
    return { _: 'bad_server_salt', badMsgId: msgId, badMsgSeqno: seqNo, errorCode: 48, newServerSalt }
  }

  /** Answers a packet of which nothing is processed: for its sake no session is made, and none changes connections. */
  #reply(
    connection: Connection,
    key: Key,
    session: ServerSession | undefined,
    packet: EncryptedMessage,
    message: ServiceMessage,
  ): void {
    if (session && isRepeat(session, packet)) {
      this.#onRepeat(session, packet, key)
      return
    }
    const { sessionId } = packet
    const numbering = session?.numbering ?? new Numbering(this.#lastMsgId)
    const msgId = numbering.nextId(this.#nowMs, MSG_ID_BITS.serverResponse)
    const seqNo = numbering.nextSeqNo(false)
    this.#sendEncrypted(connection, key, sessionId, { msgId, seqNo, body: encodeService(message) })
  }

  #sendEncrypted(connection: Connection, key: Key, sessionId: bigint, outer: InnerMessage): void {
    const message = { ...outer, salt: key.salts.current(this.#rulesNowS()), sessionId }
    this.#sendFrame(connection, encryptMessage(key.server.authKey, 'server', message, this.#options.random))
  }

  #onMessages(
    connection: Connection,
    session: ServerSession,
    key: Key,
    messages: readonly InnerMessage[],
  ): void {
    this.#sessions.delete(session)
    this.#sessions.add(session)
    session.lastUsedMs = this.#nowMs
    key.sessions.delete(session.ref.sessionId)
    key.sessions.set(session.ref.sessionId, session)
    this.#touched.add(session)
    session.connection = connection.id
    if (connection.hold) connection.hold.session = session
    if (!connection.sessions.has(session)) {
      if (connection.sessions.size >= MAX_CONNECTION_SESSIONS) throw new TransportError(-429)
      connection.sessions.add(session)
      session.sendAgain()
    }
    session.receive(messages, key.salts.current(this.#rulesNowS()), this.#nowMs)
  }

  #addSession(key: Key, sessionId: bigint): ServerSession {
    const { maxSessions, maxKeySessions } = this.#limits
    const [oldestOfKey] = key.sessions.values()
    if (oldestOfKey && key.sessions.size >= maxKeySessions) this.#dropSession(oldestOfKey)
    const [oldest] = this.#sessions
    if (oldest && this.#sessions.size >= maxSessions) this.#dropSession(oldest)
    const session = new ServerSession({
      ref: { authKeyId: key.server.authKey.id, sessionId },
      random: this.#options.random,
      limits: this.#limits,
      lastMsgId: this.#lastMsgId,
      held: this.#held,
      host: this.#host,
    })
    key.sessions.set(sessionId, session)
    return session
  }

  /** Sessions may be forgotten at will: the client is told by new_session_created when it comes back. */
  #dropSession(session: ServerSession, key = this.#keys.get(session.ref.authKeyId)): void {
    this.#sessions.delete(session)
    session.abandon()
    this.#touched.delete(session)
    const alarm = this.#ackAlarms.get(session)
    if (alarm) this.#alarms.clear(alarm)
    this.#ackAlarms.delete(session)
    if (!key) return
    // It may have been on several.
    for (const connection of key.connections) connection.sessions.delete(session)
    key.sessions.delete(session.ref.sessionId)
    this.#forgetUnused(key)
  }

  #withSession(ref: SessionRef, run: (session: ServerSession) => void): void {
    const session = this.#keys.get(ref.authKeyId)?.sessions.get(ref.sessionId)
    if (!session) return
    run(session)
    this.#touched.add(session)
  }

  #onWithhold({ session: ref, msgId, wasRun, asBadSalt }: ServerInput & { kind: 'withhold' }): void {
    const salts = this.#keys.get(ref.authKeyId)?.salts
    this.#withSession(ref, (session) => {
      if (wasRun) session.loseAnswer(msgId)
      else session.unreceive(msgId, asBadSalt ? salts?.current(this.#rulesNowS()) : undefined)
    })
  }

  #makeHost(): ServerSessionHost {
    return {
      onRequest: (session, { msgId, seqNo }, body) => {
        const connection = session.connection ?? 0
        this.#out.push({ kind: 'request', connection, session: session.ref, msgId, seqNo, body })
      },
      onDisconnectDelay: ({ connection: id }, delayS) => {
        const connection = id === undefined ? undefined : this.#connections.get(id)
        const boundedS = Math.min(Math.max(delayS, 1), this.#limits.maxDisconnectDelayS)
        // A connection of HTTP's is one of several, and no session is lost with it.
        if (!connection || connection.framing.kind === 'bare') return
        this.#alarms.set(connection.silence, this.#nowMs + boundedS * 1000)
      },
      onHttpWait: ({ connection: id }, wait) => {
        if (id !== undefined) this.#connections.get(id)?.hold?.setWait(wait)
      },
      onDestroySession: ({ ref }, sessionId) => {
        const other = this.#keys.get(ref.authKeyId)?.sessions.get(sessionId)
        if (other) this.#dropSession(other)
        return other !== undefined
      },
      onDestroyAuthKey: ({ ref }) => {
        this.#out.push({ kind: 'destroyKey', session: ref })
      },
      futureSalts: ({ ref }, count) => {
        const key = this.#keys.get(ref.authKeyId)
        if (!key) return []
        // The wire has the wall clock, the salts the rules'.
        const aheadS = Math.floor(this.#aheadMs / 1000)
        return this.#salts.future(key.server, count, this.#rulesNowS()).map((salt) => ({
          salt: salt.salt,
          validSinceS: salt.validSinceS - aheadS,
          validUntilS: salt.validUntilS - aheadS,
        }))
      },
    }
  }

  #onKeyDestroyed({ session: ref, outcome }: ServerInput & { kind: 'keyDestroyed' }): void {
    const key = this.#keys.get(ref.authKeyId)
    const session = key?.sessions.get(ref.sessionId)
    const answeredOn = session?.connection
    if (session) {
      session.answerDestroyKey(outcome)
      // While there is a key to encrypt it with.
      this.#flushSession(session, true)
    }
    if (outcome === 'fail') return
    const answered = answeredOn === undefined ? undefined : this.#connections.get(answeredOn)
    if (key && answered) {
      key.connections.delete(answered)
      answered.keys.delete(key)
    }
    this.#dropKey(ref.authKeyId, 'unknown')
  }

  // ---- time and sending ------------------------------------------------------------------------------------

  #onWake(): void {
    this.#exchanges.expire(this.#nowMs)
    for (const alarm of this.#alarms.takeDue(this.#nowMs)) {
      if (alarm.kind === 'acks') this.#touched.add(alarm.session)
      else if (alarm.kind === 'silence') this.#onSilence(alarm.connection)
      else if (alarm.kind === 'expiry') this.#onExpiry(alarm.authKeyId)
      else if (alarm.kind === 'hold') this.#onHoldEnd(alarm.connection)
      else this.#onStranger(alarm)
    }
    for (const session of this.#sessions) {
      if (session.lastUsedMs + this.#limits.sessionLifeMs > this.#nowMs) break
      this.#onIdle(session)
    }
  }

  #onSilence(id: ConnectionId): void {
    const connection = this.#connections.get(id)
    const reason = new ProtocolError('PING_MISSING', 'the client has let its own disconnect_delay pass')
    if (connection) this.#close(connection, reason)
  }

  /** A connection in the middle of a key exchange has as long as the exchange; others must have shown a key. */
  #onStranger(alarm: Alarm & { kind: 'stranger' }): void {
    const connection = this.#connections.get(alarm.connection)
    if (!connection) return
    const endsAtMs = connection.openedAtMs + this.#limits.exchangeLifeMs
    if (this.#exchanges.has(connection.id) && endsAtMs > this.#nowMs) this.#alarms.set(alarm, endsAtMs)
    else this.#close(connection, new ProtocolError('CONNECTION_IDLE', 'the client has shown no key'))
  }

  /** Too much is kept: sessions that nobody is connected to go, the longest unused first. */
  #shed(): void {
    if (this.#held.bytes <= this.#limits.maxHeldBytes || this.#nowMs < this.#shedAtMs) return
    this.#shedAtMs = this.#nowMs + SHED_EVERY_MS
    for (const session of this.#sessions) {
      if (this.#held.bytes <= this.#limits.maxHeldBytes) return
      if (session.connection === undefined) this.#dropSession(session)
    }
  }

  #onIdle(session: ServerSession): void {
    if (session.connection === undefined) {
      this.#dropSession(session)
      return
    }
    this.#sessions.delete(session)
    this.#sessions.add(session)
    session.lastUsedMs = this.#nowMs
  }

  #flush(): void {
    for (const session of this.#touched) this.#flushSession(session)
    this.#touched.clear()
  }

  /** @param isLast there is no later: what may wait over HTTP does not */
  #flushSession(session: ServerSession, isLast = false): void {
    const { ref } = session
    const key = this.#keys.get(ref.authKeyId)
    const connection =
      session.connection === undefined ? undefined : this.#connections.get(session.connection)
    if (!key || !connection) return
    if (connection.hold) {
      const { news } = session
      const dueAtMs = connection.hold.dueAtMs(news, this.#nowMs)
      this.#alarms.set(connection.holdEnd, dueAtMs)
      if (dueAtMs > this.#nowMs && !isLast) return
      this.#answerHeld(connection, session, key)
      // What did not fit, with the answer to another request.
      if (session.news > 0) this.#flushSession(session, isLast)
      return
    }
    for (const outer of session.flush(this.#nowMs)) this.#sendEncrypted(connection, key, ref.sessionId, outer)
    this.#setAckAlarm(session)
  }

  #setAckAlarm(session: ServerSession): void {
    const atMs = session.wakeAtMs
    let alarm = this.#ackAlarms.get(session)
    if (atMs === undefined) {
      if (alarm) this.#alarms.clear(alarm)
      this.#ackAlarms.delete(session)
      return
    }
    alarm ??= { kind: 'acks', session }
    this.#ackAlarms.set(session, alarm)
    this.#alarms.set(alarm, atMs)
  }
}

/** Whether the very packet has been taken before. */
function isRepeat({ received, containers }: ServerSession, { msgId, body }: EncryptedMessage): boolean {
  return (isContainer(body) ? containers : received).check(msgId) === 'known'
}

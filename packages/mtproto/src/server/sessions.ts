import { encodeContainer, type InnerMessage, isContainer, isLater, MSG_ID_BITS } from '../envelope/index.ts'
import { ProtocolError, TransportError } from '../errors.ts'
import type { ConnectionId, MsgId, SessionRef } from '../machine.ts'
import { Numbering, ServerSession } from '../session/index.ts'
import type { Connections } from './connections.ts'
import type { Keys } from './keys.ts'
import { makeSessionHost } from './session-host.ts'
import type { Alarm, Connection, Key, ServerState } from './state.ts'

const MAX_CONNECTION_SESSIONS = 256
/** All sessions are looked at, so not at every step. */
const SHED_EVERY_MS = 1000

/** The sessions of a node: which there are, on which connections, and when they send what they have to say. */
export class Sessions {
  readonly #state: ServerState
  readonly #connections: Connections
  readonly #keys: Keys
  readonly #host: ReturnType<typeof makeSessionHost>
  /** The longest unused first. */
  readonly #all = new Set<ServerSession>()
  /** Those that may have something to send when the step ends. */
  readonly #touched = new Set<ServerSession>()
  readonly #ackAlarms = new Map<ServerSession, Alarm>()
  /** Bytes that all sessions keep until they are acknowledged. */
  readonly #held = { bytes: 0 }
  #shedAtMs = 0

  constructor(state: ServerState, connections: Connections, keys: Keys) {
    this.#state = state
    this.#connections = connections
    this.#keys = keys
    this.#host = makeSessionHost(state, connections, keys, (session) => this.drop(session))
  }

  /** The number of sessions, and everything that they hold. */
  get tableSizes(): { sessions: number; ackAlarms: number; running: number; held: number } {
    let running = 0
    let held = 0
    for (const session of this.#all) {
      running += session.tableSizes.running
      held += session.tableSizes.held
    }
    return { sessions: this.#all.size, ackAlarms: this.#ackAlarms.size, running, held }
  }

  /** When the longest unused is looked at. */
  get sweepAtMs(): number | undefined {
    const [oldest] = this.#all
    return oldest && oldest.lastUsedMs + this.#state.limits.sessionLifeMs
  }

  add(key: Key, sessionId: bigint): ServerSession {
    const { limits, lastMsgId, options, guard } = this.#state
    const ref = { authKeyId: key.server.authKey.id, sessionId }
    const floor = guard.floorOf(ref)
    const [oldestOfKey] = key.sessions.values()
    if (oldestOfKey && key.sessions.size >= limits.maxKeySessions) this.drop(oldestOfKey)
    const [oldest] = this.#all
    if (oldest && this.#all.size >= limits.maxSessions) this.drop(oldest)
    const session = new ServerSession({
      ref,
      random: options.random,
      limits,
      lastMsgId,
      held: this.#held,
      host: this.#host,
      floor,
    })
    key.sessions.set(sessionId, session)
    return session
  }

  /** Sessions may be forgotten at will: the client is told by new_session_created when it comes back. */
  drop(session: ServerSession, key: Key | undefined = this.#keys.get(session.ref.authKeyId)): void {
    const { guard, nowMs, rulesNowS } = this.#state
    const { highestId, ref } = session
    if (highestId !== undefined) guard.onForgotten(ref, highestId, nowMs, rulesNowS)
    this.#all.delete(session)
    session.abandon()
    this.#touched.delete(session)
    const alarm = this.#ackAlarms.get(session)
    if (alarm) this.#state.alarms.clear(alarm)
    this.#ackAlarms.delete(session)
    if (!key) return
    // It may have been on several.
    for (const connection of key.connections) connection.sessions.delete(session)
    key.sessions.delete(session.ref.sessionId)
    this.#keys.forgetUnused(key)
  }

  /** Forgets every session: their message ids are no longer valid. */
  dropAll(): void {
    for (const session of this.#all) this.drop(session)
    this.#shedAtMs = 0
  }

  /**
   * Messages of a packet that is in order and has not come before.
   *
   * @throws TransportError -429 where the connection has too many sessions, or the packet is too much
   */
  receive(
    connection: Connection,
    session: ServerSession,
    key: Key,
    packet: InnerMessage,
    messages: readonly InnerMessage[],
  ): void {
    this.#attach(connection, session, packet.msgId)
    if (isContainer(packet.body)) session.containers.add(packet.msgId)
    this.#all.delete(session)
    this.#all.add(session)
    session.lastUsedMs = this.#state.nowMs
    key.sessions.delete(session.ref.sessionId)
    key.sessions.set(session.ref.sessionId, session)
    this.#touched.add(session)
    session.receive(messages, key.salts.current(this.#state.rulesNowS), this.#state.nowMs)
  }

  /**
   * The session moves to the connection that the packet came on. A packet that was overtaken by the first one of another
   * connection is a late one of the connection before: nothing moves back. Over HTTP, requests overtake each other.
   */
  #attach(connection: Connection, session: ServerSession, outerId: MsgId): void {
    const { highestId } = session
    const isNewest = highestId === undefined || isLater(outerId, highestId)
    const isElsewhere = session.connection !== undefined && session.connection !== connection.id
    if (isElsewhere && !isNewest && !connection.hold) return
    const isHere = connection.sessions.has(session)
    if (!isHere && connection.sessions.size >= MAX_CONNECTION_SESSIONS) throw new TransportError(-429)
    if (isNewest) session.highestId = outerId
    session.connection = connection.id
    if (connection.hold) connection.hold.session = session
    if (isHere) return
    connection.sessions.add(session)
    session.sendAgain()
  }

  /** A request over HTTP that says nothing new is answered at once, with nothing. */
  answerNothing(connection: Connection, key: Key, sessionId: bigint): void {
    const numbering = key.sessions.get(sessionId)?.numbering ?? new Numbering(this.#state.lastMsgId)
    this.#connections.sendMessage(connection, key, sessionId, this.#makeNothing(numbering))
  }

  #makeNothing(numbering: Numbering): InnerMessage {
    return {
      msgId: numbering.nextId(this.#state.nowMs, MSG_ID_BITS.serverResponse),
      seqNo: numbering.nextSeqNo(false),
      body: encodeContainer([]),
    }
  }

  /** Marks a session that may have something to send when the step ends. */
  touch(session: ServerSession): void {
    this.#touched.add(session)
  }

  /** Tells a session something, if it is still known. */
  tell(ref: SessionRef, say: (session: ServerSession) => void): void {
    const session = this.#keys.get(ref.authKeyId)?.sessions.get(ref.sessionId)
    if (!session) return
    say(session)
    this.#touched.add(session)
  }

  /** Forgets sessions that had no connection for long. */
  sweep(): void {
    const { nowMs, limits } = this.#state
    for (const session of this.#all) {
      if (session.lastUsedMs + limits.sessionLifeMs > nowMs) break
      if (session.connection === undefined) {
        this.drop(session)
        continue
      }
      this.#all.delete(session)
      this.#all.add(session)
      session.lastUsedMs = nowMs
    }
  }

  /** If too much is kept, drops sessions without a connection, the longest unused first. */
  shed(): void {
    const { nowMs, limits } = this.#state
    if (this.#held.bytes <= limits.maxHeldBytes || nowMs < this.#shedAtMs) return
    this.#shedAtMs = nowMs + SHED_EVERY_MS
    for (const session of this.#all) {
      if (this.#held.bytes <= limits.maxHeldBytes) return
      if (session.connection === undefined) this.drop(session)
    }
  }

  /** Everything that is to be sent now. */
  flush(): void {
    for (const session of this.#touched) this.flushOne(session)
    this.#touched.clear()
  }

  /** @param isLast send now even what may wait over HTTP: there is no later */
  flushOne(session: ServerSession, isLast = false): void {
    const { ref, connection: id } = session
    const { nowMs, alarms } = this.#state
    const key = this.#keys.get(ref.authKeyId)
    const connection = id === undefined ? undefined : this.#connections.get(id)
    if (!key || !connection) return
    if (connection.hold) {
      const dueAtMs = connection.hold.dueAtMs(session.news, nowMs)
      alarms.set(connection.holdEnd, dueAtMs)
      if (dueAtMs > nowMs && !isLast) return
      this.#answerHeld(connection, session, key)
      // The rest goes out with the answer to another request.
      if (session.news > 0) this.flushOne(session, isLast)
      return
    }
    for (const outer of session.flush(nowMs)) {
      this.#connections.sendMessage(connection, key, ref.sessionId, outer)
    }
    this.#setAckAlarm(session)
  }

  /** A request over HTTP has waited long enough. */
  onHoldEnd(id: ConnectionId): void {
    const connection = this.#connections.get(id)
    const session = connection?.hold?.session
    const key = session && this.#keys.get(session.ref.authKeyId)
    if (connection && session && key) this.#answerHeld(connection, session, key)
    else if (connection) {
      this.#connections.close(
        connection,
        new ProtocolError('CONNECTION_IDLE', 'a held request has no session to answer for'),
      )
    }
  }

  /** Answers with all messages that fit, or with an empty container. */
  #answerHeld(connection: Connection, session: ServerSession, key: Key): void {
    const { numbering, ref } = session
    const [news] = session.flush(this.#state.nowMs, 1)
    const outer = news ?? this.#makeNothing(numbering)
    this.#connections.sendMessage(connection, key, ref.sessionId, outer)
  }

  #setAckAlarm(session: ServerSession): void {
    const atMs = session.wakeAtMs
    let alarm = this.#ackAlarms.get(session)
    if (atMs === undefined) {
      if (alarm) this.#state.alarms.clear(alarm)
      this.#ackAlarms.delete(session)
      return
    }
    alarm ??= { kind: 'acks', session }
    this.#ackAlarms.set(session, alarm)
    this.#state.alarms.set(alarm, atMs)
  }
}

import {
  decodeContainer,
  decryptMessage,
  type InnerMessage,
  isContainer,
  isLater,
  MSG_ID_BITS,
} from '../envelope/index.ts'
import { ProtocolError, SecurityError } from '../errors.ts'
import type { ConnectionId, Decrypted, EncryptedMessage, ServerKey } from '../machine.ts'
import { encodeService, type ServiceMessage } from '../service.ts'
import { checkPacket, Numbering, type Receipt, type ServerSession, WaitingPackets } from '../session/index.ts'
import type { Connections } from './connections.ts'
import type { KeyExchanges } from './key-exchanges.ts'
import type { Keys } from './keys.ts'
import type { Sessions } from './sessions.ts'
import type { Connection, Key, ServerState } from './state.ts'

/** The parts of the machine that packets pass through. */
export interface PacketsSetup {
  readonly state: ServerState
  readonly connections: Connections
  readonly keys: Keys
  readonly exchanges: KeyExchanges
  readonly sessions: Sessions
}

/** The encrypted packets of a node: from the key they name to the session they belong to. */
export class Packets {
  readonly #setup: PacketsSetup
  /** Those under keys that are being looked up. */
  readonly #waiting: WaitingPackets

  constructor(setup: PacketsSetup) {
    this.#setup = setup
    this.#waiting = new WaitingPackets(setup.state.limits.maxWaitingBytes)
  }

  /** The number of keys and connections with waiting packets. */
  get size(): number {
    return this.#waiting.size
  }

  receive(connection: Connection, authKeyId: bigint, packet: Uint8Array, wantsQuickAck: boolean): void {
    const { keys, state } = this.#setup
    const key = keys.get(authKeyId)
    if (key) this.#onPacket(connection, key, packet, wantsQuickAck)
    else if (this.#waiting.add(authKeyId, { connection: connection.id, packet, wantsQuickAck })) {
      state.out.push({ kind: 'needKey', authKeyId })
    }
  }

  /** A key has been looked up: its packets go on. */
  onKey(authKeyId: bigint, server: ServerKey | undefined): void {
    const { connections, keys } = this.#setup
    const key = server && keys.add(server)
    for (const { connection: id, packet, wantsQuickAck } of this.#waiting.take(authKeyId)) {
      const connection = connections.get(id)
      if (!connection) continue
      connections.guard(connection, () => {
        if (key) this.#onPacket(connection, key, packet, wantsQuickAck)
        else this.#onUnknownKey(connection, authKeyId)
      })
    }
    if (key) keys.forgetUnused(key)
  }

  /** A connection is gone. */
  drop(connection: ConnectionId): void {
    this.#waiting.drop(connection)
  }

  /**
   * A client that was told may still send packets under the old key while it makes a new one. They are ignored: another -404
   * would end the exchange (mtcute with temporary keys, after the server has lost them).
   */
  #onUnknownKey(connection: Connection, authKeyId: bigint): void {
    const { connections, exchanges } = this.#setup
    if (connection.refusedKeyId === authKeyId && exchanges.has(connection.id)) return
    connection.refusedKeyId = authKeyId
    connections.refuse(connection, new ProtocolError('AUTH_KEY_UNKNOWN', 'the server does not have this key'))
  }

  #onExpired(connection: Connection, key: Key): void {
    const { connections, keys } = this.#setup
    const isTold = key.connections.has(connection)
    keys.drop(key.server.authKey.id, 'unknown')
    if (!isTold) connections.refuse(connection, new ProtocolError('AUTH_KEY_EXPIRED', 'the key has expired'))
  }

  #onPacket(connection: Connection, key: Key, packet: Uint8Array, wantsQuickAck: boolean): void {
    const { state, connections, keys } = this.#setup
    const { authKey, expiresAtS, dcId } = key.server
    if (connection.opening) {
      connection.arriving.push({ authKeyId: authKey.id, packet: new Uint8Array(packet), wantsQuickAck })
      return
    }
    if (dcId !== undefined && connection.dcId !== undefined && dcId !== connection.dcId) {
      this.#onUnknownKey(connection, authKey.id)
      return
    }
    if (expiresAtS !== undefined && expiresAtS <= state.rulesNowS) {
      this.#onExpired(connection, key)
      return
    }
    if (connections.isOffloaded(connection, packet.length)) {
      const job = connections.offload(connection, { kind: 'open', authKey, packet: new Uint8Array(packet) })
      keys.beginOpening(connection, key, job, wantsQuickAck)
      return
    }
    this.#onDecrypted(connection, key, decryptMessage(authKey, 'server', packet), wantsQuickAck)
  }

  /** A packet has been opened elsewhere: it goes on, and so do those behind it, up to the next one that is opened elsewhere. */
  onOpened(connection: Connection, job: number, decrypted: Decrypted): void {
    const { opening, arriving } = connection
    if (opening?.job !== job) return
    const { keys, connections } = this.#setup
    const { key, wantsQuickAck } = opening
    const { id } = key.server.authKey
    keys.endOpening(connection)
    try {
      // It may have been dropped meanwhile.
      if (keys.get(id) === key) this.#onDecrypted(connection, key, decrypted, wantsQuickAck)
      else this.#onUnknownKey(connection, id)
    } finally {
      keys.forgetUnused(key)
    }
    const isOpen = (): boolean => connections.get(connection.id) === connection
    while (!connection.opening && isOpen()) {
      const next = arriving.shift()
      if (!next) return
      this.receive(connection, next.authKeyId, next.packet, next.wantsQuickAck)
    }
  }

  #onDecrypted(connection: Connection, key: Key, decrypted: Decrypted, wantsQuickAck: boolean): void {
    const { state, keys, sessions } = this.#setup
    // The same for every cause, or its differences would tell an attacker something.
    if (!decrypted.ok) {
      throw new SecurityError('PACKET_REJECTED', `a packet is not authentic: ${decrypted.rejection}`)
    }
    keys.use(connection, key)
    const { message } = decrypted
    const session = key.sessions.get(message.sessionId)
    const receipt = this.#receiptOf(key, session, message)
    if (session && receipt === 'known') {
      if (session.connection === connection.id && wantsQuickAck) this.#acknowledge(connection, message)
      this.#onRepeat(connection, session, message, key)
      return
    }
    const checked = this.#check(key, session, message, receipt)
    if ('refusal' in checked) {
      this.#refuse(connection, key, session, message, checked.refusal)
      return
    }
    // Only now: anybody can show a key by a packet recorded from somebody else.
    state.alarms.clear(connection.stranger)
    if (!connection.isProven) {
      connection.isProven = true
      state.out.push({ kind: 'proven', connection: connection.id })
    }
    if (wantsQuickAck) this.#acknowledge(connection, message)
    const taking = session ?? sessions.add(key, message.sessionId)
    sessions.receive(connection, taking, key, message, checked.messages)
  }

  #acknowledge(connection: Connection, { quickAckToken }: EncryptedMessage): void {
    const chunk = connection.framing.encodeQuickAck(quickAckToken)
    if (chunk.length === 0) return
    this.#setup.state.out.push({ kind: 'send', connection: connection.id, chunk })
  }

  /** Tells whether the packet was taken before, by its session or by a forgotten one. */
  #receiptOf(key: Key, session: ServerSession | undefined, packet: EncryptedMessage): Receipt {
    const { msgId, body, sessionId } = packet
    if (session) return (isContainer(body) ? session.containers : session.received).check(msgId)
    const floor = this.#setup.state.guard.floorOf({ authKeyId: key.server.authKey.id, sessionId })
    return floor !== undefined && !isLater(msgId, floor) ? 'tooOld' : 'new'
  }

  /** The messages of a packet, or what is to be said against it. */
  #check(
    { salts, server }: Key,
    session: ServerSession | undefined,
    packet: EncryptedMessage,
    receipt: Receipt,
  ): { readonly messages: readonly InnerMessage[] } | { readonly refusal: ServiceMessage } {
    const { rulesNowS, nowMs, guard } = this.#setup.state
    const { id } = server.authKey
    const bad = { badMsgId: packet.msgId, badMsgSeqno: packet.seqNo }
    if (!salts.accepts(packet.salt, rulesNowS)) {
      if (salts.isOfNext(packet.salt, rulesNowS)) guard.renewSalts(id, nowMs)
      const newServerSalt = salts.current(rulesNowS)
      return { refusal: { _: 'bad_server_salt', ...bad, errorCode: 48, newServerSalt } }
    }
    const checked = checkPacket(packet, session?.received, receipt, Math.floor(nowMs / 1000))
    if ('messages' in checked) return checked
    // Its time is still to come. Its salt must be void by then, because the client sends the request again under another id.
    if (checked.bad === 17) guard.renewSalts(id, nowMs)
    return { refusal: { _: 'bad_msg_notification', ...bad, errorCode: checked.bad } }
  }

  /** Refuses a packet without processing it. It neither creates a session nor moves one to this connection. */
  #refuse(
    connection: Connection,
    key: Key,
    session: ServerSession | undefined,
    packet: EncryptedMessage,
    refusal: ServiceMessage,
  ): void {
    const { state, connections } = this.#setup
    const numbering = session?.numbering ?? new Numbering(state.lastMsgId)
    const msgId = numbering.nextId(state.nowMs, MSG_ID_BITS.serverResponse)
    const seqNo = numbering.nextSeqNo(false)
    connections.sendMessage(connection, key, packet.sessionId, { msgId, seqNo, body: encodeService(refusal) })
  }

  /**
   * A packet that has been taken before: whatever its salt and its time by now, it is not refused, or its client would
   * send it under another id and have it run twice. It moves no session: an attacker can replay a recording from anywhere.
   */
  #onRepeat(connection: Connection, session: ServerSession, packet: EncryptedMessage, key: Key): void {
    const { state, sessions } = this.#setup
    if (session.connection !== connection.id) {
      if (connection.hold) sessions.answerNothing(connection, key, packet.sessionId)
      return
    }
    const messages = isContainer(packet.body) ? decodeContainer(packet) : [packet]
    if (!messages) return
    session.receive(messages, key.salts.current(state.rulesNowS), state.nowMs)
    sessions.touch(session)
  }
}

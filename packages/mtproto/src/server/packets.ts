import { decryptMessage, type EncryptedMessage, isContainer, MSG_ID_BITS } from '../envelope/index.ts'
import { ProtocolError, SecurityError } from '../errors.ts'
import type { ConnectionId, ServerKey } from '../machine.ts'
import { encodeService, type ServiceMessage } from '../service.ts'
import { checkPacket, Numbering, type ServerSession, WaitingPackets } from '../session/index.ts'
import type { Connections } from './connections.ts'
import type { KeyExchanges } from './key-exchanges.ts'
import type { Keys } from './keys.ts'
import type { Sessions } from './sessions.ts'
import type { Connection, Key, ServerState } from './state.ts'

/** What packets go to once they are found in order, or refused by. */
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

  /** How many keys and connections have packets waiting. */
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
   * Once a client has been told and makes a new key, what it still sends under the old one is let be: another -404
   * would end the exchange (mtcute with temporary keys, after the server has lost them).
   */
  #onUnknownKey(connection: Connection, authKeyId: bigint): void {
    const { connections, exchanges } = this.#setup
    if (connection.refusedKeyId === authKeyId && exchanges.has(connection.id)) return
    connection.refusedKeyId = authKeyId
    connections.refuse(connection, new ProtocolError('AUTH_KEY_UNKNOWN', 'there is no such key'))
  }

  #onExpired(connection: Connection, key: Key): void {
    const { connections, keys } = this.#setup
    const isTold = key.connections.has(connection)
    keys.drop(key.server.authKey.id, 'unknown')
    if (!isTold) connections.refuse(connection, new ProtocolError('AUTH_KEY_EXPIRED', 'the key has expired'))
  }

  #onPacket(connection: Connection, key: Key, packet: Uint8Array, wantsQuickAck: boolean): void {
    const { state, keys, sessions } = this.#setup
    const { authKey, expiresAtS, dcId } = key.server
    if (dcId !== undefined && connection.dcId !== undefined && dcId !== connection.dcId) {
      this.#onUnknownKey(connection, authKey.id)
      return
    }
    if (expiresAtS !== undefined && expiresAtS <= state.rulesNowS) {
      this.#onExpired(connection, key)
      return
    }
    const decrypted = decryptMessage(authKey, 'server', packet)
    // The same for every cause, or its differences would tell an attacker something.
    if (!decrypted.ok) {
      throw new SecurityError('PACKET_REJECTED', `a packet is not authentic: ${decrypted.rejection}`)
    }
    keys.use(connection, key)
    state.alarms.clear(connection.stranger)
    if (!connection.isProven) {
      connection.isProven = true
      state.out.push({ kind: 'proven', connection: connection.id })
    }
    const { message } = decrypted
    const session = key.sessions.get(message.sessionId)
    const checked = this.#check(key, session, message)
    if ('refusal' in checked) {
      this.#refuse(connection, key, session, message, checked.refusal)
      return
    }
    if (wantsQuickAck) {
      const chunk = connection.framing.encodeQuickAck(message.quickAckToken)
      if (chunk.length > 0) state.out.push({ kind: 'send', connection: connection.id, chunk })
    }
    const taking = session ?? sessions.add(key, message.sessionId)
    if (isContainer(message.body)) taking.containers.add(message.msgId)
    sessions.receive(connection, taking, key, checked.messages)
  }

  /** The messages of a packet, or what is to be said against it. */
  #check(
    { salts }: Key,
    session: ServerSession | undefined,
    packet: EncryptedMessage,
  ): { readonly messages: Parameters<Sessions['receive']>[3] } | { readonly refusal: ServiceMessage } {
    const { rulesNowS, nowMs } = this.#setup.state
    const bad = { badMsgId: packet.msgId, badMsgSeqno: packet.seqNo }
    if (!salts.accepts(packet.salt, rulesNowS)) {
      const newServerSalt = salts.current(rulesNowS)
      return { refusal: { _: 'bad_server_salt', ...bad, errorCode: 48, newServerSalt } }
    }
    const checked = checkPacket(packet, session?.received, Math.floor(nowMs / 1000))
    if ('messages' in checked) return checked
    return { refusal: { _: 'bad_msg_notification', ...bad, errorCode: checked.bad } }
  }

  /** Answers a packet of which nothing is processed: for its sake no session is made, and none changes connections. */
  #refuse(
    connection: Connection,
    key: Key,
    session: ServerSession | undefined,
    packet: EncryptedMessage,
    refusal: ServiceMessage,
  ): void {
    if (session && isRepeat(session, packet)) {
      this.#onRepeat(session, packet, key)
      return
    }
    const { state, connections } = this.#setup
    const numbering = session?.numbering ?? new Numbering(state.lastMsgId)
    const msgId = numbering.nextId(state.nowMs, MSG_ID_BITS.serverResponse)
    const seqNo = numbering.nextSeqNo(false)
    connections.sendMessage(connection, key, packet.sessionId, { msgId, seqNo, body: encodeService(refusal) })
  }

  /** A whole packet again: whatever its salt and its time by now, it has not been refused, and must not be. */
  #onRepeat(session: ServerSession, message: EncryptedMessage, key: Key): void {
    const { state, sessions } = this.#setup
    // What a container holds has been acknowledged or answered, and is asked about where that was lost.
    if (isContainer(message.body)) return
    session.receive([message], key.salts.current(state.rulesNowS), state.nowMs)
    sessions.touch(session)
  }
}

/** Whether the very packet has been taken before. */
function isRepeat({ received, containers }: ServerSession, { msgId, body }: EncryptedMessage): boolean {
  return (isContainer(body) ? containers : received).check(msgId) === 'known'
}

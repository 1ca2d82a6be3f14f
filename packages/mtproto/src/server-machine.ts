import { freeBytes } from '@cablegram/tl'
import { readAuthKeyId } from './envelope/index.ts'
import { ProtocolError } from './errors.ts'
import type { ConnectionId, ServerInput, ServerOutput, SizedMachine } from './machine.ts'
import type { ServerMachineOptions } from './options.ts'
import { Connections } from './server/connections.ts'
import { KeyExchanges } from './server/key-exchanges.ts'
import { Keys } from './server/keys.ts'
import { Packets } from './server/packets.ts'
import { Sessions } from './server/sessions.ts'
import { type Alarm, type Connection, ServerState } from './server/state.ts'
import { earliest } from './session/index.ts'

/** Clients take no message that is more than half a minute ahead of their clocks. */
const MAX_SET_BACK_MS = 20_000

/** A server's machine: one for all connections of a node. */
export function createServerMachine(options: ServerMachineOptions): SizedMachine<ServerInput, ServerOutput> {
  return new ServerMachine(options)
}

class ServerMachine implements SizedMachine<ServerInput, ServerOutput> {
  readonly #state: ServerState
  readonly #connections: Connections
  readonly #keys: Keys
  readonly #exchanges: KeyExchanges
  readonly #sessions: Sessions
  readonly #packets: Packets
  /** The framing that was given bytes last: it may keep the memory of its frames until it is given more. */
  #lender: Connection['framing'] | undefined
  /** The latest time there has been, since the clock was last set back. */
  #latestMs = Number.NEGATIVE_INFINITY

  constructor(options: ServerMachineOptions) {
    const state = new ServerState(options)
    const connections = new Connections(state, (connection) => this.#onGone(connection))
    const keys = new Keys(state, connections, (key) => {
      for (const session of key.sessions.values()) this.#sessions.drop(session, key)
    })
    const exchanges = new KeyExchanges(state, connections, keys)
    const sessions = new Sessions(state, connections, keys)
    this.#state = state
    this.#connections = connections
    this.#keys = keys
    this.#exchanges = exchanges
    this.#sessions = sessions
    this.#packets = new Packets({ state, connections, keys, exchanges, sessions })
  }

  get wakeAtMs(): number | undefined {
    const { alarms, guard } = this.#state
    const ofSessions = earliest(this.#sessions.sweepAtMs, alarms.nextAtMs)
    return earliest(ofSessions, earliest(this.#exchanges.nextExpiryMs, guard.nextExpiryMs))
  }

  get tableSizes(): Record<string, number> {
    const { sessions, ackAlarms, running, held } = this.#sessions.tableSizes
    return {
      connections: this.#connections.size,
      keys: this.#keys.size,
      sessions,
      exchanges: this.#exchanges.size,
      waiting: this.#packets.size,
      alarms: this.#state.alarms.size + ackAlarms,
      running,
      held,
      forgotten: this.#state.guard.size,
    }
  }

  step(input: ServerInput, nowMs: number): ServerOutput[] {
    this.#state.out = []
    this.#setTime(nowMs)
    this.#onInput(input)
    this.#sessions.shed()
    this.#sessions.flush()
    return this.#state.out
  }

  /**
   * Message ids only rise. If the clock is set back by more than clients tolerate, ids would come from the
   * future until it has caught up: everybody begins anew instead.
   */
  #setTime(nowMs: number): void {
    const isSetBack = nowMs < this.#latestMs - MAX_SET_BACK_MS
    const latestS = Math.floor((this.#latestMs + this.#state.aheadMs) / 1000)
    this.#latestMs = isSetBack ? nowMs : Math.max(this.#latestMs, nowMs)
    this.#state.nowMs = nowMs
    this.#state.guard.start(this.#state.rulesNowS)
    if (!isSetBack) return
    this.#state.lastMsgId.value = undefined
    this.#sessions.dropAll()
    // Packets from before the clock was set back would be in time once more.
    this.#state.guard.renewAllSalts(latestS)
    this.#exchanges.dropAll()
    this.#connections.closeAll(new ProtocolError('CLOCK_SET_BACK', 'the clock has been set back'))
  }

  #onInput(input: ServerInput): void {
    switch (input.kind) {
      case 'opened':
        this.#connections.open(input)
        break
      case 'bytes':
        this.#onBytes(input.connection, input.chunk)
        break
      case 'held':
        this.#onHeld(input.connection, input.bytes)
        break
      case 'closed':
        this.#connections.forget(input.connection)
        break
      case 'key':
        this.#packets.onKey(input.authKeyId, input.key)
        break
      case 'computed':
        this.#exchanges.onComputed(input.exchange, input.result)
        break
      case 'ciphered':
        this.#onCiphered(input)
        break
      case 'keyKept':
        this.#exchanges.onKeyKept(input.exchange, input.kept)
        break
      case 'keyDestroyed':
        this.#onKeyDestroyed(input)
        break
      case 'dropKey':
        this.#keys.drop(input.authKeyId, input.reason)
        break
      case 'answer':
        this.#sessions.tell(input.session, (session) =>
          session.answer(input.msgId, input.body, input.isFile, input.rest),
        )
        break
      case 'withhold':
        this.#onWithhold(input)
        break
      case 'sendTransportError':
        this.#onSendTransportError(input.connection, input.code)
        break
      case 'push':
        this.#sessions.tell(input.session, (session) => session.push(input.body, input.instead))
        break
      case 'rulesClock':
        this.#state.aheadMs = input.aheadMs
        this.#keys.onRulesClock()
        break
      case 'wake':
        this.#onWake()
        break
    }
  }

  #onBytes(id: ConnectionId, chunk: Uint8Array): void {
    const connection = this.#connections.get(id)
    if (!connection) return
    this.#connections.guard(connection, () => {
      if (connection.framing.kind === 'bare') this.#connections.hold(connection)
      // A connection that falls silent keeps nothing of its last frame.
      this.#lender?.release()
      this.#lender = connection.framing
      const frames = connection.framing.push(chunk)
      if (!connection.hasSpoken) this.#awaitFirstFrame(connection, frames.length > 0)
      for (const frame of frames) {
        if (!this.#connections.get(id)) return
        if (frame.kind === 'payload') this.#onPayload(connection, frame.payload, frame.wantsQuickAck)
        else if (frame.kind === 'failed') throw frame.error
        else throw new ProtocolError('PACKET_INVALID', 'a client sent a frame that only a server sends')
      }
      this.#connections.countBegun(connection)
    })
  }

  #onCiphered({ connection: id, job, result }: ServerInput & { kind: 'ciphered' }): void {
    const connection = this.#connections.get(id)
    if (!connection) {
      if (result?.kind === 'sealed') freeBytes(result.packet)
      return
    }
    this.#connections.guard(connection, () => {
      if (!result) throw new ProtocolError('INTERNAL', 'a packet could be neither sealed nor opened')
      if (result.kind === 'sealed') this.#connections.onSealed(connection, job, result.packet)
      else this.#packets.onOpened(connection, job, result.decrypted)
      this.#connections.countBegun(connection)
    })
  }

  #onHeld(id: ConnectionId, bytes: number): void {
    const connection = this.#connections.get(id)
    if (!connection) return
    connection.heldOutside = bytes
    this.#connections.countBegun(connection)
  }

  /** A peer that begins a frame must go on with it: a byte alone does not hold a connection for long. */
  #awaitFirstFrame(connection: Connection, isHere: boolean): void {
    const { alarms, limits, nowMs } = this.#state
    const lifeEndsMs = connection.openedAtMs + limits.strangerLifeMs
    connection.hasSpoken = isHere
    alarms.set(connection.stranger, isHere ? lifeEndsMs : Math.min(nowMs + limits.firstFrameMs, lifeEndsMs))
  }

  #onPayload(connection: Connection, packet: Uint8Array, wantsQuickAck: boolean): void {
    const authKeyId = readAuthKeyId(packet)
    if (authKeyId === undefined) throw new ProtocolError('PACKET_INVALID', 'a packet is too short')
    if (authKeyId === 0n) this.#exchanges.onPlain(connection, packet)
    else this.#packets.receive(connection, authKeyId, packet, wantsQuickAck)
  }

  #onGone(connection: Connection): void {
    this.#exchanges.drop(connection.id)
    this.#keys.leave(connection)
    this.#packets.drop(connection.id)
  }

  #onKeyDestroyed({ session: ref, outcome }: ServerInput & { kind: 'keyDestroyed' }): void {
    const key = this.#keys.get(ref.authKeyId)
    const session = key?.sessions.get(ref.sessionId)
    const answeredOn = session?.connection
    if (session) {
      session.answerDestroyKey(outcome)
      // While there is a key to encrypt it with.
      this.#sessions.flushOne(session, true)
    }
    if (outcome === 'fail') return
    const answered = answeredOn === undefined ? undefined : this.#connections.get(answeredOn)
    if (key && answered) {
      key.connections.delete(answered)
      answered.keys.delete(key)
    }
    this.#keys.drop(ref.authKeyId, 'unknown')
  }

  #onWithhold({ session: ref, msgId, wasRun, asBadSalt }: ServerInput & { kind: 'withhold' }): void {
    const salts = this.#keys.get(ref.authKeyId)?.salts
    this.#sessions.tell(ref, (session) => {
      if (wasRun) session.loseAnswer(msgId)
      else session.unreceive(msgId, asBadSalt ? salts?.current(this.#state.rulesNowS) : undefined)
    })
  }

  #onSendTransportError(id: ConnectionId, code: number): void {
    const connection = this.#connections.get(id)
    if (connection) this.#connections.sendTransportError(connection, code)
  }

  #onWake(): void {
    this.#exchanges.expire()
    this.#state.guard.expire(this.#state.nowMs)
    // First: after a machine has slept for hours, sessions are not forgotten with the connections that then end.
    this.#sessions.sweep()
    for (const alarm of this.#state.alarms.takeDue(this.#state.nowMs)) this.#onAlarm(alarm)
  }

  #onAlarm(alarm: Alarm): void {
    switch (alarm.kind) {
      case 'acks':
        this.#sessions.touch(alarm.session)
        break
      case 'silence':
        this.#onSilence(alarm.connection)
        break
      case 'expiry':
        this.#keys.onExpiry(alarm.authKeyId)
        break
      case 'hold':
        this.#sessions.onHoldEnd(alarm.connection)
        break
      case 'stranger':
        this.#onStranger(alarm)
        break
    }
  }

  #onSilence(id: ConnectionId): void {
    const connection = this.#connections.get(id)
    const reason = new ProtocolError(
      'PING_MISSING',
      'the client sent no ping within its own disconnect_delay',
    )
    if (connection) this.#connections.close(connection, reason)
  }

  /** A connection in the middle of a key exchange has as long as the exchange; others must have shown a key. */
  #onStranger(alarm: Alarm & { kind: 'stranger' }): void {
    const connection = this.#connections.get(alarm.connection)
    if (!connection) return
    const endsAtMs = connection.openedAtMs + this.#state.limits.exchangeLifeMs
    if (this.#exchanges.has(connection.id) && endsAtMs > this.#state.nowMs) {
      this.#state.alarms.set(alarm, endsAtMs)
    } else {
      this.#connections.close(
        connection,
        new ProtocolError('CONNECTION_IDLE', 'the client sent no packet under a known key in time'),
      )
    }
  }
}

import {
  decodeContainer,
  decodeCopy,
  decodeRpcResult,
  type InnerMessage,
  isContainer,
  isContentRelated,
  MAX_AGE_S,
  msgIdTimeS,
  RPC_RESULT_ID,
  readConstructorId,
  unwrapS,
} from '../envelope/index.ts'
import { ProtocolError } from '../errors.ts'
import type { AuthKey, EncryptedMessage, MsgId } from '../machine.ts'
import {
  decodeService,
  encodeService,
  isService,
  type ServiceMessage,
  type ServiceMessageOf,
} from '../service.ts'
import type { ClientSalts } from './client-salts.ts'
import { earliest } from './earliest.ts'
import { HttpListening } from './http-listening.ts'
import { Outbox, type OutboxSetup, type Outgoing, type OutgoingPacket, type RequestTag } from './outbox.ts'
import { ReceivedIds, STATE } from './received-ids.ts'
import { Restarts } from './restarts.ts'
import type { UnpackBudget } from './unpack-budget.ts'
import { WantedMessages } from './wanted-messages.ts'

/** The server's clock as the client knows it; all sessions of a machine share it. */
export interface ServerClock {
  /** Server minus ours. */
  offsetMs: number
}

/** The machine's callbacks for a session. */
export interface SessionHost {
  /** A packet of this session has come, and not from the past; before what it holds. */
  onHeard(): void
  /** An rpc_result: the serialized result or rpc_error, unpacked. */
  onResult(tag: RequestTag, result: Uint8Array, nowMs: number): void
  /** A serialized Updates object, unpacked. */
  onUpdate(body: Uint8Array): void
  /** The server has made this session; `isAnew` if it may have known it before. */
  onNewSession(isAnew: boolean): void
  /** Salts or clock have changed: keep them. */
  onChanged(): void
  /** destroy_auth_key has been answered; true if the key is gone. */
  onKeyDestroyed(gone: boolean): void
}

/** Options of a session. */
export interface ClientSessionSetup extends OutboxSetup {
  readonly clock: ServerClock
  readonly salts: ClientSalts
  readonly host: SessionHost
  /** Shared by all sessions of a machine. */
  readonly unpacking: UnpackBudget
  /** Each packet is a request that the server answers with one of its own. */
  readonly overHttp?: boolean
}

const SALTS_RETRY_MS = 60_000
/** rpc_result in a container in gzip: no deeper. */
const MAX_UNPACK_DEPTH = 4
const BAD_MSG_NOTIFICATION_ID = 0xa7eff811
const BAD_SERVER_SALT_ID = 0xedab447b

/**
 * A client's session under one key: sends requests until they are answered, and takes what comes. It lives on when the
 * connection does not.
 *
 * @see protocol.md sections 5 to 7
 */
export class ClientSession {
  readonly authKey: AuthKey
  readonly salts: ClientSalts
  readonly #setup: ClientSessionSetup
  readonly #outbox: Outbox
  #received: ReceivedIds
  /** The last msgs_state_req: its answer gives the states in the order of these ids. */
  #asking: { readonly request: Outgoing; readonly msgIds: readonly MsgId[] } | undefined
  #saltsAskedMs: number | undefined
  #askingSalts: Outgoing | undefined
  readonly #wanted: WantedMessages
  readonly #http: HttpListening | undefined
  readonly #restarts = new Restarts()
  #lastUniqueId: bigint | undefined

  constructor(setup: ClientSessionSetup) {
    this.#setup = setup
    this.authKey = setup.authKey
    this.salts = setup.salts
    this.#outbox = new Outbox(setup)
    this.#received = new ReceivedIds(setup.limits.receivedIds)
    this.#wanted = new WantedMessages(setup.limits.maxWantedMessages)
    this.#http = setup.overHttp ? new HttpListening() : undefined
  }

  /** Another after each new start of the session. */
  get sessionId(): bigint {
    return this.#outbox.sessionId
  }

  /** The number of requests without an answer. */
  get pending(): number {
    return this.#outbox.pending
  }

  /** Tells whether nothing is awaited, and nothing is left to send. */
  get isIdle(): boolean {
    return this.pending === 0 && this.#outbox.acksDueMs === undefined
  }

  /** When time alone makes it send something; undefined if nothing waits. */
  get wakeAtMs(): number | undefined {
    return earliest(this.#outbox.acksDueMs, this.#outbox.askAtMs)
  }

  /** Sends a request with the next packet, and again until it is answered. */
  request(tag: RequestTag, body: Uint8Array | ((msgId: MsgId) => Uint8Array)): void {
    this.#outbox.request(tag, typeof body === 'function' ? body : () => body)
  }

  /** The id of a call that was sent and has no answer. */
  msgIdOf(callId: number): MsgId | undefined {
    return this.#outbox.msgIdOf(callId)
  }

  /** Nobody waits for these any longer: their answers are acknowledged and dropped. */
  forget(matches: (tag: RequestTag) => boolean): void {
    this.#outbox.forget(matches)
  }

  /** Nobody waits for these calls any longer: the server need not answer, or keep the answer. */
  cancel(matches: (tag: RequestTag) => boolean): void {
    for (const reqMsgId of this.#outbox.forget(matches)) {
      if (this.pending >= this.#setup.limits.maxPendingCalls) return
      this.request({ kind: 'drop' }, encodeService({ _: 'rpc_drop_answer', reqMsgId }))
    }
  }

  /** Sends a ping with the next packet; the server closes the connection if `disconnectDelayS` pass without another. */
  ping(pingId: bigint, disconnectDelay: number): void {
    this.#outbox.service({ _: 'ping_delay_disconnect', pingId, disconnectDelay })
  }

  /** A new connection: what has no answer goes out again. */
  reopen(): void {
    this.#outbox.reopen()
    this.#destroyAbandoned()
    this.#saltsAskedMs = undefined
    this.#wanted.clear()
    this.#restarts.onReopened()
    this.#http?.onReopened()
  }

  /** A request over HTTP has got no answer: what was sent goes out again, in another packet. */
  onUnanswered(): void {
    this.#http?.onAnswered()
    this.#outbox.reopen()
  }

  /** Takes a decrypted packet; a packet of an earlier session is ignored. */
  receive(packet: EncryptedMessage, nowMs: number): void {
    if (packet.sessionId !== this.sessionId) return
    this.#http?.onAnswered()
    if ((packet.msgId & 1n) === 0n) {
      throw new ProtocolError('MSG_ID_INVALID', 'a server message has an even msg_id')
    }
    const messages = isContainer(packet.body) ? decodeContainer(packet) : [packet]
    if (!messages) throw new ProtocolError('CONTAINER_INVALID', 'the server has sent a malformed container')
    const serverNowMs = this.#serverNowMs(nowMs)
    const aheadMs = msgIdTimeS(packet.msgId, serverNowMs / 1000) * 1000 - serverNowMs
    const isCurrent = aheadMs > -MAX_AGE_S * 1000
    // An authentic packet that is not a replay cannot come from the future: our clock is slow.
    if (aheadMs > 0) this.#setup.clock.offsetMs += aheadMs
    // Within a second it is the way here.
    if (aheadMs > 1_000) this.#setup.host.onChanged()
    if (isCurrent) this.#setup.host.onHeard()
    for (const message of messages) {
      // When our clock is fast, every message looks old; only messages that can correct it are accepted then.
      if (isCurrent || isBadMsg(message.body)) this.#onMessage(message, nowMs)
    }
  }

  /**
   * Everything that is to be sent now, as encrypted packets.
   *
   * @param listens over HTTP: there is always a request that the server can answer with news
   */
  flush(nowMs: number, listens = false): OutgoingPacket[] {
    this.#ask(nowMs)
    this.#askSalts(nowMs)
    this.#askWanted()
    const wait = this.#http?.nextWait(this.#outbox.isDue(nowMs), listens || this.pending > 0)
    if (wait) this.#outbox.service({ _: 'http_wait', ...wait })
    const salt = this.salts.current(this.#serverNowS(nowMs))
    const packets = this.#outbox.flush(salt, nowMs, this.#serverNowMs(nowMs))
    this.#http?.onSent(packets.length)
    return packets
  }

  #serverNowMs(nowMs: number): number {
    return nowMs + this.#setup.clock.offsetMs
  }

  #serverNowS(nowMs: number): number {
    return Math.floor(this.#serverNowMs(nowMs) / 1000)
  }

  /** Asks about requests that have had no answer for long. */
  #ask(nowMs: number): void {
    const msgIds = this.#outbox.takeLate(nowMs)
    if (msgIds.length === 0) return
    this.#asking = { request: this.#outbox.service({ _: 'msgs_state_req', msgIds }), msgIds }
  }

  #askSalts(nowMs: number): void {
    const { futureSalts, futureSaltsMin } = this.#setup.limits
    if (futureSalts === 0 || this.salts.ahead(this.#serverNowS(nowMs)) >= futureSaltsMin) return
    if (this.#saltsAskedMs !== undefined && nowMs < this.#saltsAskedMs + SALTS_RETRY_MS) return
    this.#saltsAskedMs = nowMs
    this.#askingSalts = this.#outbox.service({ _: 'get_future_salts', num: futureSalts })
  }

  #askWanted(): void {
    const msgIds = this.#wanted.take()
    if (msgIds.length > 0) this.#outbox.service({ _: 'msg_resend_req', msgIds })
  }

  #onMessage(message: InnerMessage, nowMs: number, depth = 0): void {
    const receipt = this.#received.check(message.msgId)
    if (receipt === 'tooOld') return
    if (isContentRelated(message.seqNo)) this.#outbox.acknowledge(message.msgId, nowMs)
    if (receipt === 'known') return
    const isToAck = isContentRelated(message.seqNo)
    // The acknowledgement goes out before any state that we may be asked for.
    this.#wanted.onReceived(message.msgId)
    this.#received.add(message.msgId, isToAck ? STATE.acked : STATE.needsNoAck)
    this.#onBody(message.msgId, message.body, nowMs, depth)
  }

  #onBody(msgId: MsgId, packed: Uint8Array, nowMs: number, depth: number): void {
    const body = this.#unpack(packed)
    const id = readConstructorId(body)
    const original = depth < MAX_UNPACK_DEPTH ? decodeCopy(body) : undefined
    if (original) this.#onMessage(original, nowMs, depth + 1)
    else if (id === RPC_RESULT_ID) this.#onRpcResult(body, nowMs)
    else if (isService(body)) this.#onService(msgId, this.#readService(body), nowMs)
    else if (body !== packed && depth < MAX_UNPACK_DEPTH) this.#onBody(msgId, body, nowMs, depth + 1)
    else this.#setup.host.onUpdate(body)
  }

  #unpack(body: Uint8Array): Uint8Array {
    return this.#setup.unpacking.unpack(body)
  }

  #readService(body: Uint8Array): ServiceMessage {
    if (body.length > this.#setup.limits.maxServiceBytes) {
      throw new ProtocolError('SERVICE_TOO_LONG', 'the server has sent a service message that is too long')
    }
    return decodeService(body)
  }

  #onRpcResult(body: Uint8Array, nowMs: number): void {
    const { reqMsgId, result } = decodeRpcResult(body)
    this.#restarts.onAnswer()
    const tag = this.#outbox.takeAnswered(reqMsgId)
    if (tag) this.#setup.host.onResult(tag, this.#unpack(result), nowMs)
  }

  #onService(msgId: MsgId, message: ServiceMessage, nowMs: number): void {
    switch (message._) {
      case 'bad_server_salt':
      case 'bad_msg_notification':
        this.#onBadMsg(msgId, message, nowMs)
        break
      case 'new_session_created':
        this.#onNewSessionCreated(message, nowMs)
        break
      case 'future_salts':
        this.#onFutureSalts(message, nowMs)
        break
      case 'msgs_ack':
        for (const id of message.msgIds) this.#onState(id, 4, nowMs)
        break
      case 'msgs_state_info':
        if (message.reqMsgId !== this.#asking?.request.message?.msgId) break
        this.#onStates(this.#asking.msgIds, message.info, nowMs)
        this.#asking = undefined
        break
      case 'msgs_all_info':
        this.#onStates(message.msgIds, message.info, nowMs)
        break
      case 'msg_detailed_info':
        this.#onDetailedInfo(message.answerMsgId, this.#outbox.find(message.msgId) !== undefined, nowMs)
        break
      case 'msg_new_detailed_info':
        this.#onDetailedInfo(message.answerMsgId, true, nowMs)
        break
      case 'msgs_state_req':
        this.#outbox.service({ _: 'msgs_state_info', reqMsgId: msgId, info: this.#stateOf(message.msgIds) })
        break
      case 'msg_resend_req':
        this.#onResendReq(msgId, message.msgIds)
        break
      case 'destroy_session_ok':
      case 'destroy_session_none':
        this.#restarts.onDestroyed(message.sessionId)
        break
      case 'destroy_auth_key_ok':
      case 'destroy_auth_key_none':
      case 'destroy_auth_key_fail':
        this.#setup.host.onKeyDestroyed(message._ !== 'destroy_auth_key_fail')
        break
      // pong has done its work by arriving; the rest asks for nothing of a client.
    }
  }

  /** The server has made the session anew: it knows nothing of packets from before `firstMsgId`. */
  #onNewSessionCreated(message: ServiceMessageOf<'new_session_created'>, nowMs: number): void {
    if (message.uniqueId === this.#lastUniqueId) return
    this.#lastUniqueId = message.uniqueId
    this.#restarts.onCreated()
    this.salts.onServerSalt(message.serverSalt, this.#serverNowS(nowMs))
    // Under their own ids: one may still arrive, on another way, in the session that has been made since.
    const unknown = this.#outbox.sentBefore(message.firstMsgId)
    for (const outgoing of unknown) outgoing.isUncertain = true
    this.#outbox.resend(unknown, { freshIds: false })
    this.#setup.host.onChanged()
    const isAnew = this.#restarts.hasRestarted || this.#outbox.hasSentBefore(message.firstMsgId)
    this.#setup.host.onNewSession(isAnew)
  }

  #onFutureSalts(message: ServiceMessageOf<'future_salts'>, nowMs: number): void {
    // Only what was asked for, once.
    if (message.reqMsgId !== this.#askingSalts?.message?.msgId) return
    this.#askingSalts = undefined
    const nowS = this.#serverNowS(nowMs)
    const salts = message.salts.map(({ salt, validSince, validUntil }) => ({
      salt,
      validSinceS: unwrapS(validSince, nowS),
      validUntilS: unwrapS(validUntil, nowS),
    }))
    this.salts.onFutureSalts(salts, nowS)
    this.#setup.host.onChanged()
  }

  /** @see protocol.md section 7 */
  #onBadMsg(
    msgId: MsgId,
    bad: ServiceMessageOf<'bad_msg_notification' | 'bad_server_salt'>,
    nowMs: number,
  ): void {
    const rejected = this.#outbox.takeRejected(bad.badMsgId)
    // Only about what we have sent is the server believed.
    if (!rejected) return
    if (bad._ === 'bad_server_salt') {
      this.salts.onServerSalt(bad.newServerSalt, this.#serverNowS(nowMs))
      this.#outbox.resend(rejected, { freshIds: false })
      this.#setup.host.onChanged()
      return
    }
    switch (bad.errorCode) {
      case 16:
        this.#setClock(msgId, nowMs)
        this.#outbox.resend(rejected, { freshIds: false })
        break
      case 20:
        this.#outbox.resend(rejected, { freshIds: true })
        break
      case 17:
        this.#setClock(msgId, nowMs)
        this.#restart()
        break
      default:
        this.#restart()
    }
  }

  #setClock(msgId: MsgId, nowMs: number): void {
    this.#setup.clock.offsetMs = msgIdTimeS(msgId, nowMs / 1000) * 1000 - nowMs
    this.#setup.host.onChanged()
  }

  #restart(): void {
    this.#restarts.begin()
    const { sessionId } = this
    this.#outbox.restart()
    this.#restarts.abandon(sessionId)
    this.#destroyAbandoned()
    this.#received = new ReceivedIds(this.#setup.limits.receivedIds)
    this.#lastUniqueId = undefined
    this.#wanted.clear()
    // Requests that the server holds are of the session before: they bring nothing of this one.
    this.#http?.onReopened()
  }

  /** The server need not keep what it has for them. */
  #destroyAbandoned(): void {
    for (const sessionId of this.#restarts.abandoned) {
      this.#outbox.service({ _: 'destroy_session', sessionId })
    }
  }

  #onStates(msgIds: readonly MsgId[], states: Uint8Array, nowMs: number): void {
    for (const [i, msgId] of msgIds.entries()) this.#onState(msgId, states[i] ?? 0, nowMs)
  }

  /** Takes the server's report on a request: it has it (4), never had it (2, 3), or no longer knows (1). */
  #onState(msgId: MsgId, state: number, nowMs: number): void {
    const outgoing = this.#outbox.find(msgId)
    if (!outgoing) return
    const receipt = state & 7
    const isAnswered = (state & 64) !== 0
    if (receipt === 4 && !isAnswered) {
      this.#outbox.askLater(outgoing, nowMs)
    } else if (receipt >= 1 && receipt <= 4) {
      // Under its own id it runs once at most, and an answer that we lack comes again with it.
      outgoing.isUncertain = true
      this.#outbox.resend([outgoing], { freshIds: receipt === 1 })
    }
  }

  /** @param isWanted not the answer to what nobody waits for */
  #onDetailedInfo(answerMsgId: MsgId, isWanted: boolean, nowMs: number): void {
    if (isWanted && this.#received.check(answerMsgId) === 'new') {
      this.#wanted.want(answerMsgId, nowMs)
    } else {
      this.#outbox.acknowledge(answerMsgId, nowMs)
    }
  }

  #onResendReq(reqMsgId: MsgId, msgIds: readonly MsgId[]): void {
    const known = msgIds.flatMap((id) => this.#outbox.find(id) ?? [])
    for (const outgoing of known) outgoing.isUncertain = true
    this.#outbox.resend(known, { freshIds: false })
    if (known.length === msgIds.length) return
    this.#outbox.service({ _: 'msgs_state_info', reqMsgId, info: this.#stateOf(msgIds) })
  }

  #stateOf(msgIds: readonly MsgId[]): Uint8Array {
    return Uint8Array.from(msgIds, (id) => this.#received.state(id))
  }
}

function isBadMsg(body: Uint8Array): boolean {
  const id = readConstructorId(body)
  return id === BAD_MSG_NOTIFICATION_ID || id === BAD_SERVER_SALT_ID
}

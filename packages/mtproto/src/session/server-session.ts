import { readLong } from '../crypto/index.ts'
import {
  bodyBytes,
  decodeCopy,
  type InnerMessage,
  isContainer,
  isContentRelated,
  isLater,
  pack,
  wrapS,
} from '../envelope/index.ts'
import { DecodeError, TransportError } from '../errors.ts'
import type { ConnectionId, MsgId, Random, ServerSalt, SessionRef } from '../machine.ts'
import type { ServerLimits } from '../options.ts'
import { decodeService, encodeService, isService, type ServiceMessage } from '../service.ts'
import type { HttpWait } from './http-hold.ts'
import { type LastMsgId, Numbering } from './numbering.ts'
import { ReceivedIds, STATE } from './received-ids.ts'
import { RunningRequests } from './running-requests.ts'
import { type Held, type OuterMessage, ServerOutbox } from './server-outbox.ts'
import { Unpacker } from './unpacker.ts'

/** The services of a node for its sessions. */
export interface ServerSessionHost {
  /** A method to run. */
  onRequest(session: ServerSession, message: InnerMessage, body: Uint8Array): void
  /** ping_delay_disconnect. */
  onDisconnectDelay(session: ServerSession, delayS: number): void
  /** destroy_session of another session of the key; whether there was one. */
  onDestroySession(session: ServerSession, sessionId: bigint): boolean
  onDestroyAuthKey(session: ServerSession): void
  onHttpWait(session: ServerSession, wait: HttpWait): void
  /** Salts from now on, times by the wall clock. */
  futureSalts(session: ServerSession, count: number): ServerSalt[]
}

/** Options of a session. */
export interface ServerSessionSetup {
  readonly ref: SessionRef
  readonly random: Random
  readonly limits: ServerLimits
  readonly lastMsgId: LastMsgId
  readonly held: Held
  readonly host: ServerSessionHost
  /** Messages up to this id may have been taken before the session was last forgotten. */
  readonly floor?: MsgId | undefined
}

const MAX_SALTS = 64
const MAX_ACK_IDS = 8192
/** msg_copy in msg_copy: no deeper. */
const MAX_COPY_DEPTH = 4

/**
 * A server's session: takes each message once, answers what MTProto itself asks, keeps what is sent until it is
 * acknowledged. It outlives its connections.
 *
 * @see protocol.md sections 5 to 8
 */
export class ServerSession {
  readonly ref: SessionRef
  readonly numbering: Numbering
  /** Ids of messages, without those of containers. */
  readonly received: ReceivedIds
  /** Ids of containers that have been taken. */
  readonly containers: ReceivedIds
  connection: ConnectionId | undefined
  /** The highest id of a packet taken, of its message or of its container. */
  highestId: MsgId | undefined
  lastUsedMs = 0
  readonly #setup: ServerSessionSetup
  readonly #uniqueId: bigint
  #firstMsgId: MsgId | undefined
  readonly #outbox: ServerOutbox
  readonly #running: RunningRequests
  /** Of the packet that is being received. */
  #unpacker: Unpacker
  /** Somebody is about to destroy its key: once is enough. */
  #isKeyEnding = false
  #acks: MsgId[] = []

  constructor(setup: ServerSessionSetup) {
    this.#setup = setup
    this.ref = setup.ref
    this.numbering = new Numbering(setup.lastMsgId)
    this.#outbox = new ServerOutbox(setup.limits, this.numbering, setup.held, (reqMsgId) =>
      this.received.forget(reqMsgId),
    )
    this.#running = new RunningRequests(setup.limits.ackDelayMs)
    this.#unpacker = new Unpacker(setup.limits)
    this.received = new ReceivedIds(setup.limits.receivedIds, setup.floor)
    this.containers = new ReceivedIds(setup.limits.receivedIds, setup.floor)
    this.highestId = setup.floor
    this.#uniqueId = readLong(setup.random(8))
  }

  /** When time alone makes it send something: acknowledgements of requests that run long, or offers. */
  get wakeAtMs(): number | undefined {
    if (this.connection === undefined) return undefined
    const { ackAtMs } = this.#running
    const { offerAtMs } = this.#outbox
    return ackAtMs === undefined || offerAtMs === undefined
      ? (ackAtMs ?? offerAtMs)
      : Math.min(ackAtMs, offerAtMs)
  }

  /** Requests that run, and messages that nobody has acknowledged. */
  get tableSizes(): { running: number; held: number } {
    return { running: this.#running.size, held: this.#outbox.held }
  }

  /** Ends the session: its messages no longer count. */
  abandon(): void {
    this.#outbox.abandon()
  }

  /** Answers so far not known to have arrived go out again: the client is on a new connection. */
  sendAgain(): void {
    this.#outbox.reopen()
  }

  /**
   * The messages of a packet that has been found in order.
   *
   * @param salt to name in new_session_created
   * @throws TransportError -429 where it is too much
   */
  receive(messages: readonly InnerMessage[], salt: bigint, nowMs: number): void {
    this.#announce(messages, salt)
    this.#unpacker = new Unpacker(this.#setup.limits)
    let serviceMessages = 0
    for (const message of messages) {
      if (this.#take(message, nowMs)) serviceMessages += 1
      if (serviceMessages > this.#setup.limits.maxServiceMessages) throw new TransportError(-429)
    }
  }

  /**
   * The serialized result of a request that is running.
   *
   * @param isFile it has bytes of a file, which are not packed, and not kept once they have been sent; the session takes over the
   *   memory of `body` and `rest`, and frees it
   * @param rest the end of the result, in pieces: bytes of a file
   */
  answer(msgId: MsgId, body: Uint8Array, isFile = false, rest?: readonly Uint8Array[]): void {
    const request = this.#running.finish(msgId)
    if (!request) return
    if (request.isDropped) this.#respond(msgId, encodeService({ _: 'rpc_answer_dropped_running' }))
    else this.#respond(msgId, isFile ? body : this.#pack(body), isFile, rest)
  }

  /** Answers destroy_auth_key. */
  answerDestroyKey(outcome: 'ok' | 'none' | 'fail'): void {
    this.#isKeyEnding = false
    this.#notify({ _: `destroy_auth_key_${outcome}` })
  }

  /** A request that has been carried out gets no answer: when it comes again it is told that the answer is lost. */
  loseAnswer(msgId: MsgId): void {
    if (!this.#running.finish(msgId)) return
    this.received.mark(msgId, STATE.acked | STATE.answered)
    this.#acks.push(msgId)
    this.#outbox.lose(msgId)
  }

  /**
   * A request that has not been carried out counts as never received.
   *
   * @param serverSalt to refuse it for, as if its own had been wrong
   */
  unreceive(badMsgId: MsgId, serverSalt: bigint | undefined): void {
    const request = this.#running.finish(badMsgId)
    if (!request) return
    this.received.forget(badMsgId)
    if (serverSalt === undefined) return
    const bad = { badMsgId, badMsgSeqno: request.seqNo, errorCode: 48, newServerSalt: serverSalt }
    this.#notify({ _: 'bad_server_salt', ...bad })
  }

  /**
   * A serialized Updates object.
   *
   * @param instead sent instead of it and of all that nobody has acknowledged, if there are too many; undefined: none
   */
  push(body: Uint8Array, instead?: Uint8Array): void {
    this.#outbox.push(this.#pack(body), instead)
  }

  /** The number of messages to send, without new_session_created. */
  get news(): number {
    return this.#outbox.news + Math.min(this.#acks.length, 1)
  }

  /** The outer messages of what is to be sent now, as few as fit, or the first of them; none while nobody is connected. */
  flush(nowMs: number, maxPackets?: number): OuterMessage[] {
    if (this.connection === undefined) return []
    this.#acks.push(...this.#running.takeLate(nowMs))
    while (this.#acks.length > 0) {
      const msgIds = this.#acks.splice(0, MAX_ACK_IDS)
      for (const msgId of msgIds) this.received.mark(msgId, STATE.acked)
      this.#notify({ _: 'msgs_ack', msgIds })
    }
    return this.#outbox.flush(nowMs, maxPackets)
  }

  // ---- receiving -------------------------------------------------------------------------------------------

  /** new_session_created: for the first packet, and again if something older turns up. */
  #announce(messages: readonly InnerMessage[], serverSalt: bigint): void {
    let firstMsgId = this.#firstMsgId
    for (const { msgId } of messages) {
      if (firstMsgId === undefined || isLater(firstMsgId, msgId)) firstMsgId = msgId
    }
    if (firstMsgId === undefined || firstMsgId === this.#firstMsgId) return
    this.#firstMsgId = firstMsgId
    const created = { _: 'new_session_created', firstMsgId, uniqueId: this.#uniqueId, serverSalt } as const
    this.#outbox.greet(encodeService(created))
  }

  /** Takes a message once; returns whether it is a service message. */
  #take(message: InnerMessage, nowMs: number, depth = 0): boolean {
    const { msgId: badMsgId, seqNo: badMsgSeqno } = message
    const receipt = this.received.check(badMsgId)
    if (receipt === 'tooOld') {
      this.#notify({ _: 'bad_msg_notification', badMsgId, badMsgSeqno, errorCode: 20 })
      return true
    }
    if (receipt === 'known') {
      this.#onDuplicate(message)
      return false
    }
    this.received.add(badMsgId, isContentRelated(badMsgSeqno) ? 0 : STATE.needsNoAck)
    return this.#onMessage(message, nowMs, depth)
  }

  /** Returns whether it was a service message. */
  #onMessage(message: InnerMessage, nowMs: number, depth: number): boolean {
    const body = this.#unpacker.unpack(message.body)
    const original = depth < MAX_COPY_DEPTH ? decodeCopy(body) : undefined
    if (original) {
      if (isContentRelated(message.seqNo)) this.#acks.push(message.msgId)
      return this.#take(original, nowMs, depth + 1)
    }
    if (isContainer(body)) {
      const bad = { badMsgId: message.msgId, badMsgSeqno: message.seqNo, errorCode: 64 }
      this.#notify({ _: 'bad_msg_notification', ...bad })
      return true
    }
    const service = this.#readService(body)
    if (!service || !this.#onService(message, service, nowMs)) {
      this.#onRequest(message, body, nowMs)
      return false
    }
    // rpc_drop_answer is answered in an rpc_result, which acknowledges it.
    const isAnswered = service._ === 'rpc_drop_answer'
    if (isContentRelated(message.seqNo) && !isAnswered) this.#acks.push(message.msgId)
    return true
  }

  /**
   * The dispatcher refuses an unreadable service message, like any unreadable request.
   *
   * @throws TransportError -429 where it names too many messages
   */
  #readService(body: Uint8Array): ServiceMessage | undefined {
    if (!isService(body)) return undefined
    if (body.length > this.#setup.limits.maxServiceBytes) throw new TransportError(-429)
    try {
      return decodeService(body)
    } catch (error) {
      if (error instanceof DecodeError) return undefined
      throw error
    }
  }

  #onRequest(message: InnerMessage, body: Uint8Array, nowMs: number): void {
    const { limits } = this.#setup
    if (this.#running.size >= limits.maxRunningRequests) throw new TransportError(-429)
    this.#running.start(message, nowMs)
    this.received.mark(message.msgId, STATE.processed)
    this.#setup.host.onRequest(this, message, body)
  }

  /** Never run again: acknowledged again, and its answer sent again. */
  #onDuplicate({ msgId, seqNo }: InnerMessage): void {
    if (this.#outbox.repeatAnswer(msgId)) return
    if (this.#outbox.takeLost(msgId)) {
      const error = { _: 'rpc_error', errorCode: 500, errorMessage: 'RPC_ANSWER_LOST' } as const
      this.#respond(msgId, encodeService(error))
    } else if (isContentRelated(seqNo)) {
      this.#acks.push(msgId)
    }
  }

  /** Returns false for what only a server would send: that is for the dispatcher to refuse. */
  #onService({ msgId }: InnerMessage, service: ServiceMessage, nowMs: number): boolean {
    const { host } = this.#setup
    switch (service._) {
      case 'msgs_ack':
        for (const id of service.msgIds) this.#onAck(id)
        return true
      case 'ping':
        this.#notify({ _: 'pong', msgId, pingId: service.pingId })
        return true
      case 'ping_delay_disconnect':
        this.#notify({ _: 'pong', msgId, pingId: service.pingId })
        host.onDisconnectDelay(this, service.disconnectDelay)
        return true
      case 'get_future_salts':
        this.#onGetFutureSalts(msgId, service.num, nowMs)
        return true
      case 'msgs_state_req':
        this.#notify({ _: 'msgs_state_info', reqMsgId: msgId, info: this.#statesOf(service.msgIds) })
        return true
      case 'msg_resend_req':
        this.#resend(msgId, service.msgIds, (id) => this.#outbox.resend(id))
        return true
      case 'msg_resend_ans_req':
        this.#resend(msgId, service.msgIds, (id) => this.#outbox.resendAnswer(id))
        return true
      case 'rpc_drop_answer':
        this.#onDropAnswer(msgId, service.reqMsgId, nowMs)
        return true
      case 'destroy_session': {
        const { sessionId } = service
        const isOther = sessionId !== this.ref.sessionId
        const _ =
          isOther && host.onDestroySession(this, sessionId) ? 'destroy_session_ok' : 'destroy_session_none'
        this.#notify({ _, sessionId })
        return true
      }
      case 'destroy_auth_key':
        if (!this.#isKeyEnding) host.onDestroyAuthKey(this)
        this.#isKeyEnding = true
        return true
      case 'http_wait':
        host.onHttpWait(this, service)
        return true
      case 'msgs_all_info':
        this.#onAllInfo(service.msgIds, service.info)
        return true
      // We ask for no states: what is not acknowledged is offered.
      case 'msgs_state_info':
        return true
      default:
        return false
    }
  }

  #onAck(msgId: MsgId): void {
    const reqMsgId = this.#outbox.onAck(msgId)
    if (reqMsgId !== undefined) this.received.mark(reqMsgId, STATE.senderKnows)
  }

  /** Takes the client's unasked report on our messages: it has them (4), or lacks them. */
  #onAllInfo(msgIds: readonly MsgId[], info: Uint8Array): void {
    for (const [i, msgId] of msgIds.entries()) {
      const receipt = (info[i] ?? 0) & 7
      if (receipt === 4) this.#onAck(msgId)
      else if (receipt > 0 && receipt < 4) this.#outbox.onMissing(msgId)
    }
  }

  #onGetFutureSalts(reqMsgId: MsgId, num: number, nowMs: number): void {
    const salts = this.#setup.host.futureSalts(this, Math.min(Math.max(num, 1), MAX_SALTS))
    this.#notify({
      _: 'future_salts',
      reqMsgId,
      now: wrapS(Math.floor(nowMs / 1000)),
      salts: salts.map(({ salt, validSinceS, validUntilS }) => ({
        _: 'future_salt',
        validSince: wrapS(validSinceS),
        validUntil: wrapS(validUntilS),
        salt,
      })),
    })
  }

  /** Sends messages of ours again; where one of them is not kept, the client is told what is known of their ids. */
  #resend(reqMsgId: MsgId, msgIds: readonly MsgId[], again: (id: MsgId) => boolean): void {
    const unknown = msgIds.filter((id) => !again(id))
    if (unknown.length === 0) return
    this.#notify({ _: 'msgs_state_info', reqMsgId, info: this.#statesOf(msgIds) })
  }

  #onDropAnswer(msgId: MsgId, reqMsgId: MsgId, nowMs: number): void {
    this.received.mark(msgId, STATE.processed)
    if (this.#running.drop(reqMsgId)) {
      this.#respond(msgId, encodeService({ _: 'rpc_answer_dropped_running' }))
      return
    }
    const answer = this.#outbox.dropAnswer(reqMsgId, nowMs)
    const dropped = answer && { msgId: answer.msgId, seqNo: answer.seqNo, bytes: bodyBytes(answer) }
    this.#respond(
      msgId,
      encodeService(dropped ? { _: 'rpc_answer_dropped', ...dropped } : { _: 'rpc_answer_unknown' }),
    )
  }

  #statesOf(msgIds: readonly MsgId[]): Uint8Array {
    return Uint8Array.from(msgIds, (msgId) => this.received.state(msgId))
  }

  // ---- sending ---------------------------------------------------------------------------------------------

  #pack(body: Uint8Array): Uint8Array {
    const { gzipMinBytes, gzipMaxBytes } = this.#setup.limits
    return body.length > gzipMinBytes && body.length <= gzipMaxBytes ? pack(body) : body
  }

  #respond(reqMsgId: MsgId, result: Uint8Array, isFile = false, rest?: readonly Uint8Array[]): void {
    this.received.mark(reqMsgId, STATE.acked | STATE.answered)
    this.#outbox.respond(reqMsgId, result, isFile, rest)
  }

  #notify(message: ServiceMessage): void {
    if (this.connection !== undefined) this.#outbox.notify(message)
  }
}

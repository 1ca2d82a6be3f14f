import { readLong } from '../crypto/index.ts'
import {
  encodeContainer,
  encodeRpcResult,
  type InnerMessage,
  isContainer,
  isContentRelated,
  MSG_ID_BITS,
  type MsgIdBits,
  pack,
  unpackBody,
} from '../envelope/index.ts'
import { DecodeError, ProtocolError, TransportError } from '../errors.ts'
import type { ConnectionId, MsgId, Random, ServerSalt, SessionRef } from '../machine.ts'
import type { ServerLimits } from '../options.ts'
import { decodeService, encodeService, isService, type ServiceMessage } from '../service.ts'
import { batches, type LastMsgId, Numbering } from './numbering.ts'
import { ReceivedIds } from './received-ids.ts'

/** What a session asks of the node it is on. */
export interface ServerSessionHost {
  /** A method to run. */
  onRequest(session: ServerSession, message: InnerMessage, body: Uint8Array): void
  /** ping_delay_disconnect. */
  onDisconnectDelay(session: ServerSession, delayS: number): void
  /** destroy_session of another session of the key; whether there was one. */
  onDestroySession(session: ServerSession, sessionId: bigint): boolean
  onDestroyAuthKey(session: ServerSession): void
  /** Salts from now on, times by the wall clock. */
  futureSalts(session: ServerSession, count: number): ServerSalt[]
}

/** What a session is made with. */
export interface ServerSessionSetup {
  readonly ref: SessionRef
  readonly random: Random
  readonly limits: ServerLimits
  readonly lastMsgId: LastMsgId
  readonly host: ServerSessionHost
}

/** A message to number and send; content-related ones are kept until they are acknowledged. */
interface Outgoing {
  readonly body: Uint8Array
  readonly contentRelated: boolean
  readonly bits: MsgIdBits
  /** The request it answers. */
  readonly reqMsgId: MsgId | undefined
}

/** A content-related message that has been sent. */
interface Unacked {
  readonly message: InnerMessage
  readonly reqMsgId: MsgId | undefined
}

/** What has become of a request; one whose answer has been acknowledged is forgotten. */
type Request =
  | { readonly at: 'running'; isAcked: boolean; isDropped: boolean }
  | { readonly at: 'queued' }
  | { readonly at: 'answered'; readonly answerMsgId: MsgId }
  /** Its answer had to go before anyone acknowledged it. */
  | { readonly at: 'lost' }

const MAX_SALTS = 64
const MAX_ACK_IDS = 8192
const MAX_UNPACK_DEPTH = 4

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
  connection: ConnectionId | undefined
  lastUsedMs = 0
  readonly #setup: ServerSessionSetup
  readonly #uniqueId: bigint
  #firstMsgId: MsgId | undefined
  #queue: Outgoing[] = []
  readonly #unacked = new Map<MsgId, Unacked>()
  /** Of the unacknowledged, what goes out again. */
  readonly #again = new Set<Unacked>()
  /** Bytes and number of content-related messages queued or unacknowledged. */
  #heldBytes = 0
  #heldMessages = 0
  readonly #requests = new Map<MsgId, Request>()
  #running = 0
  /** Requests that may have to be acknowledged by themselves, the earliest first. */
  #ackQueue: { readonly msgId: MsgId; readonly dueMs: number }[] = []
  #acks: MsgId[] = []

  constructor(setup: ServerSessionSetup) {
    this.#setup = setup
    this.ref = setup.ref
    this.numbering = new Numbering(setup.lastMsgId)
    this.received = new ReceivedIds(setup.limits.receivedIds)
    this.#uniqueId = readLong(setup.random(8))
  }

  /** When requests are to be acknowledged because their answers take long. */
  get ackAtMs(): number | undefined {
    return this.connection === undefined ? undefined : this.#ackQueue[0]?.dueMs
  }

  /** Answers so far not known to have arrived go out again: the client is on a new connection. */
  sendAgain(): void {
    for (const unacked of this.#unacked.values()) this.#repeat(unacked)
  }

  /**
   * The messages of a packet that has been found in order.
   *
   * @param salt to name in new_session_created
   * @throws TransportError -429 where it is too much
   */
  receive(messages: readonly InnerMessage[], salt: bigint, nowMs: number): void {
    this.#announce(messages, salt)
    let serviceMessages = 0
    for (const message of messages) {
      const receipt = this.received.check(message.msgId)
      if (receipt === 'tooOld') {
        this.#notify({
          _: 'bad_msg_notification',
          badMsgId: message.msgId,
          badMsgSeqno: message.seqNo,
          errorCode: 20,
        })
      } else if (receipt === 'known') {
        this.#onDuplicate(message)
      } else {
        this.received.add(message.msgId)
        if (this.#onMessage(message, nowMs)) serviceMessages += 1
        if (serviceMessages > this.#setup.limits.maxServiceMessages) throw new TransportError(-429)
      }
    }
  }

  /** The serialized result of a request that is running. */
  answer(msgId: MsgId, body: Uint8Array): void {
    const request = this.#requests.get(msgId)
    if (request?.at !== 'running') return
    this.#running -= 1
    const result = request.isDropped ? encodeService({ _: 'rpc_answer_dropped_running' }) : this.#pack(body)
    this.#respond(msgId, result)
  }

  /** A serialized Updates object. */
  push(body: Uint8Array): void {
    this.#enqueue(this.#pack(body), { contentRelated: true, bits: MSG_ID_BITS.serverOther })
  }

  /** The outer messages of what is to be sent now, as few as fit; none while nobody is connected. */
  flush(nowMs: number): InnerMessage[] {
    if (this.connection === undefined) return []
    this.#ackLateRequests(nowMs)
    while (this.#acks.length > 0) {
      this.#notify({ _: 'msgs_ack', msgIds: this.#acks.splice(0, MAX_ACK_IDS) })
    }
    if (this.#queue.length === 0 && this.#again.size === 0) return []
    const isRepeat = this.#again.size > 0
    const again = [...this.#again].map(({ message }) => message)
    const fresh = this.#queue.map((outgoing) => this.#number(outgoing, nowMs))
    this.#again.clear()
    this.#queue = []
    return batches([...again, ...fresh], this.#setup.limits).map((batch) => {
      const [only] = batch
      // What is sent again may be old, and only the contents of a container may be.
      if (batch.length === 1 && only && !isRepeat) return only
      const isResponse = batch.some(({ msgId }) => (msgId & 3n) === BigInt(MSG_ID_BITS.serverResponse))
      const bits = isResponse ? MSG_ID_BITS.serverResponse : MSG_ID_BITS.serverOther
      const msgId = this.numbering.nextId(nowMs, bits)
      return { msgId, seqNo: this.numbering.nextSeqNo(false), body: encodeContainer(batch) }
    })
  }

  // ---- receiving -------------------------------------------------------------------------------------------

  /** new_session_created: for the first packet, and again if something older turns up. */
  #announce(messages: readonly InnerMessage[], serverSalt: bigint): void {
    let firstMsgId = this.#firstMsgId
    for (const { msgId } of messages) if (firstMsgId === undefined || msgId < firstMsgId) firstMsgId = msgId
    if (firstMsgId === undefined || firstMsgId === this.#firstMsgId) return
    this.#firstMsgId = firstMsgId
    const created = { _: 'new_session_created', firstMsgId, uniqueId: this.#uniqueId, serverSalt } as const
    this.#enqueue(encodeService(created), { contentRelated: true, bits: MSG_ID_BITS.serverOther })
  }

  /** Returns whether it was a service message. */
  #onMessage(message: InnerMessage, nowMs: number): boolean {
    const body = this.#unpack(message.body)
    if (isContainer(body)) {
      const bad = { badMsgId: message.msgId, badMsgSeqno: message.seqNo, errorCode: 64 }
      this.#notify({ _: 'bad_msg_notification', ...bad })
      return true
    }
    const service = decodeIfService(body)
    if (!service || !this.#onService(message, service, nowMs)) {
      this.#onRequest(message, body, nowMs)
      return false
    }
    if (isContentRelated(message.seqNo) && !this.#requests.has(message.msgId)) this.#acks.push(message.msgId)
    return true
  }

  /**
   * The body without its gzip. One that cannot be unpacked stays packed: it is then a request, to be refused with
   * an answer. Closing the connection instead would have the client send it again, for ever.
   */
  #unpack(packed: Uint8Array): Uint8Array {
    let body = packed
    try {
      for (let depth = 0; depth < MAX_UNPACK_DEPTH; depth++) {
        const unpacked = unpackBody(body, this.#setup.limits.maxUnpackedBytes)
        if (unpacked === body) break
        body = unpacked
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
    }
    return body
  }

  #onRequest(message: InnerMessage, body: Uint8Array, nowMs: number): void {
    const { maxRunningRequests, ackDelayMs } = this.#setup.limits
    if (this.#running >= maxRunningRequests) throw new TransportError(-429)
    this.#running += 1
    this.#requests.set(message.msgId, { at: 'running', isAcked: false, isDropped: false })
    this.#ackQueue.push({ msgId: message.msgId, dueMs: nowMs + ackDelayMs })
    this.#setup.host.onRequest(this, message, body)
  }

  /** Never run again: acknowledged again, and its answer sent again. */
  #onDuplicate(message: InnerMessage): void {
    const { msgId } = message
    const request = this.#requests.get(msgId)
    if (request?.at === 'answered') {
      const unacked = this.#unacked.get(request.answerMsgId)
      if (unacked) this.#repeat(unacked)
    } else if (request?.at === 'lost') {
      const error = { _: 'rpc_error', errorCode: 500, errorMessage: 'RPC_ANSWER_LOST' } as const
      this.#respond(msgId, encodeService(error))
    } else if (isContentRelated(message.seqNo)) {
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
        this.#onResendReq(msgId, service.msgIds)
        return true
      case 'rpc_drop_answer':
        this.#onDropAnswer(msgId, service.reqMsgId)
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
        this.#notify({ _: 'destroy_auth_key_ok' })
        host.onDestroyAuthKey(this)
        return true
      case 'http_wait':
      case 'msgs_state_info':
      case 'msgs_all_info':
        return true
      default:
        return false
    }
  }

  #onAck(msgId: MsgId): void {
    const unacked = this.#unacked.get(msgId)
    if (!unacked) return
    this.#release(unacked)
    if (unacked.reqMsgId !== undefined) this.#requests.delete(unacked.reqMsgId)
  }

  #onGetFutureSalts(reqMsgId: MsgId, num: number, nowMs: number): void {
    const salts = this.#setup.host.futureSalts(this, Math.min(Math.max(num, 1), MAX_SALTS))
    this.#notify({
      _: 'future_salts',
      reqMsgId,
      now: Math.floor(nowMs / 1000),
      salts: salts.map(({ salt, validSinceS, validUntilS }) => ({
        _: 'future_salt',
        validSince: validSinceS,
        validUntil: validUntilS,
        salt,
      })),
    })
  }

  #onResendReq(reqMsgId: MsgId, msgIds: readonly MsgId[]): void {
    let unknown = 0
    for (const msgId of msgIds) {
      const unacked = this.#unacked.get(msgId)
      if (unacked) this.#again.add(unacked)
      else unknown += 1
    }
    if (unknown > 0) this.#notify({ _: 'msgs_state_info', reqMsgId, info: this.#statesOf(msgIds) })
  }

  #onDropAnswer(msgId: MsgId, reqMsgId: MsgId): void {
    const request = this.#requests.get(reqMsgId)
    const unacked = request?.at === 'answered' ? this.#unacked.get(request.answerMsgId) : undefined
    if (request?.at === 'running') {
      request.isDropped = true
      this.#respond(msgId, encodeService({ _: 'rpc_answer_dropped_running' }))
    } else if (unacked) {
      this.#release(unacked)
      this.#requests.delete(reqMsgId)
      const { message } = unacked
      const dropped = { msgId: message.msgId, seqNo: message.seqNo, bytes: message.body.length }
      this.#respond(msgId, encodeService({ _: 'rpc_answer_dropped', ...dropped }))
    } else {
      this.#respond(msgId, encodeService({ _: 'rpc_answer_unknown' }))
    }
  }

  /** One byte each: 1 to 4, +32 for a request that is or was processed, +64 if it has been answered. */
  #statesOf(msgIds: readonly MsgId[]): Uint8Array {
    return Uint8Array.from(msgIds, (msgId) => {
      const at = this.#requests.get(msgId)?.at
      const progress = at === undefined ? 0 : at === 'running' ? 32 : 32 + 64
      return this.received.state(msgId) + progress
    })
  }

  // ---- sending ---------------------------------------------------------------------------------------------

  #pack(body: Uint8Array): Uint8Array {
    const { gzipMinBytes, gzipMaxBytes } = this.#setup.limits
    return body.length > gzipMinBytes && body.length <= gzipMaxBytes ? pack(body) : body
  }

  #respond(reqMsgId: MsgId, result: Uint8Array): void {
    this.#requests.set(reqMsgId, { at: 'queued' })
    const bits = MSG_ID_BITS.serverResponse
    this.#enqueue(encodeRpcResult(reqMsgId, result), { contentRelated: true, bits, reqMsgId })
  }

  /** A message of the service itself: nobody acknowledges it, and nobody misses it on the next connection. */
  #notify(message: ServiceMessage): void {
    this.#enqueue(encodeService(message), { contentRelated: false, bits: MSG_ID_BITS.serverResponse })
  }

  #enqueue(
    body: Uint8Array,
    kind: { contentRelated: boolean; bits: MsgIdBits; reqMsgId?: MsgId | undefined },
  ): void {
    const { contentRelated, bits, reqMsgId } = kind
    if (!contentRelated && this.connection === undefined) return
    this.#queue.push({ body, contentRelated, bits, reqMsgId })
    if (!contentRelated) return
    this.#heldBytes += body.length
    this.#heldMessages += 1
    this.#enforceLimits()
  }

  #number(outgoing: Outgoing, nowMs: number): InnerMessage {
    const { body, contentRelated, bits, reqMsgId } = outgoing
    const msgId = this.numbering.nextId(nowMs, bits)
    const message = { msgId, seqNo: this.numbering.nextSeqNo(contentRelated), body }
    if (contentRelated) {
      this.#unacked.set(msgId, { message, reqMsgId })
      if (reqMsgId !== undefined) this.#requests.set(reqMsgId, { at: 'answered', answerMsgId: msgId })
    }
    return message
  }

  /** Again under its own id; of what is long only that it exists. */
  #repeat(unacked: Unacked): void {
    const { message, reqMsgId } = unacked
    const { msgId: answerMsgId, body } = message
    if (body.length <= this.#setup.limits.maxRepeatBytes) {
      this.#again.add(unacked)
      return
    }
    const info = { answerMsgId, bytes: body.length, status: 0 }
    if (reqMsgId === undefined) this.#notify({ _: 'msg_new_detailed_info', ...info })
    else this.#notify({ _: 'msg_detailed_info', msgId: reqMsgId, ...info })
  }

  #release(unacked: Unacked): void {
    this.#unacked.delete(unacked.message.msgId)
    this.#again.delete(unacked)
    this.#heldBytes -= unacked.message.body.length
    this.#heldMessages -= 1
  }

  /** Clients that acknowledge nothing, or do not come back, cost only so much: the oldest goes. */
  #enforceLimits(): void {
    const { maxUnackedBytes, maxUnackedMessages } = this.#setup.limits
    const isOver = () => this.#heldBytes > maxUnackedBytes || this.#heldMessages > maxUnackedMessages
    while (isOver()) {
      const [unacked] = this.#unacked.values()
      if (unacked) {
        this.#release(unacked)
        this.#lose(unacked.reqMsgId)
        continue
      }
      const at = this.#queue.findIndex(({ contentRelated }) => contentRelated)
      const [queued] = at < 0 ? [] : this.#queue.splice(at, 1)
      if (!queued) return
      this.#heldBytes -= queued.body.length
      this.#heldMessages -= 1
      this.#lose(queued.reqMsgId)
    }
  }

  #lose(reqMsgId: MsgId | undefined): void {
    if (reqMsgId === undefined) return
    this.#requests.set(reqMsgId, { at: 'lost' })
    const { lowest } = this.received
    for (const [msgId, { at }] of this.#requests) {
      if (lowest === undefined || msgId >= lowest) break
      if (at === 'lost') this.#requests.delete(msgId)
    }
  }

  #ackLateRequests(nowMs: number): void {
    let done = 0
    for (const { msgId, dueMs } of this.#ackQueue) {
      const request = this.#requests.get(msgId)
      const isOpen = request?.at === 'running' && !request.isAcked
      if (isOpen && dueMs > nowMs) break
      if (isOpen) {
        request.isAcked = true
        this.#acks.push(msgId)
      }
      done += 1
    }
    if (done > 0) this.#ackQueue = this.#ackQueue.slice(done)
  }
}

/** What looks like a service message and cannot be read is for the dispatcher to refuse, like any such request. */
function decodeIfService(body: Uint8Array): ServiceMessage | undefined {
  try {
    return isService(body) ? decodeService(body) : undefined
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}

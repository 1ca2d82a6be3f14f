import { readLong, type SealedPacket } from '../crypto/index.ts'
import {
  decodeContainer,
  decodeRpcResult,
  type EncryptedMessage,
  encodeContainer,
  encryptWithToken,
  type InnerMessage,
  isContainer,
  isContentRelated,
  MSG_ID_BITS,
  msgIdTimeS,
  pack,
  RPC_RESULT_ID,
  readConstructorId,
  unpackBody,
} from '../envelope/index.ts'
import { ProtocolError } from '../errors.ts'
import type { AuthKey, MsgId, Random } from '../machine.ts'
import type { ClientLimits } from '../options.ts'
import { decodeService, encodeService, isService, type ServiceMessage } from '../service.ts'
import type { ClientSalts } from './client-salts.ts'
import { batches, Numbering } from './numbering.ts'
import { ReceivedIds } from './received-ids.ts'

/** The server's clock as the client knows it; all sessions of a machine share it. */
export interface ServerClock {
  /** Server minus ours. */
  offsetMs: number
}

/** What an rpc_result answers. */
export type RequestTag =
  | { readonly kind: 'call'; readonly callId: number }
  | { readonly kind: 'bind' }
  | { readonly kind: 'destroyKey' }

/** What a session tells the machine it belongs to. */
export interface SessionHost {
  /** A packet of this session has come, and not from the past; before what it holds. */
  onHeard(): void
  /** An rpc_result: the serialized result or rpc_error, unpacked. */
  onResult(tag: RequestTag, result: Uint8Array, nowMs: number): void
  /** A serialized Updates object, unpacked. */
  onUpdate(body: Uint8Array): void
  /** The server has made this session anew. */
  onNewSession(): void
  /** Salts or clock have changed: keep them. */
  onChanged(): void
  /** destroy_auth_key has been answered; true if the key is gone. */
  onKeyDestroyed(gone: boolean): void
}

/** What a session is made with. */
export interface ClientSessionSetup {
  readonly random: Random
  readonly limits: ClientLimits
  readonly clock: ServerClock
  readonly authKey: AuthKey
  readonly salts: ClientSalts
  readonly host: SessionHost
}

/** A packet to send. */
export interface OutgoingPacket {
  readonly bytes: Uint8Array
  /** What a quick acknowledgement of it says. */
  readonly quickAckToken: number
  /** The calls in it. */
  readonly callIds: readonly number[]
}

/** What is sent and may have to be sent again. */
type Item =
  | { readonly kind: 'request'; readonly tag: RequestTag }
  | { readonly kind: 'acks'; readonly msgIds: readonly MsgId[] }
  | { readonly kind: 'service' }

interface Outgoing {
  readonly item: Item
  readonly contentRelated: boolean
  /** From the msg_id where it is part of the body, as with auth.bindTempAuthKey. */
  readonly makeBody: (msgId: MsgId) => Uint8Array
  /** Once it has been sent. */
  message: InnerMessage | undefined
  /** The msg_id of the last packet it went out in. */
  packetId: MsgId | undefined
  /** It may have reached the server in an earlier packet: only its own id keeps it from running twice. */
  isUncertain: boolean
  /** How often its state has been asked for, and when to ask next. */
  asked: number
  askAtMs: number
}

/** Packets whose rejection we could still be told of. */
const MAX_PACKETS = 256
const MAX_ACK_IDS = 8192
/** New sessions without an answer in between, before the connection is given up. */
const MAX_RESTARTS = 5
const MAX_AGE_S = 300
const SALTS_RETRY_MS = 60_000
/** rpc_result in a container in gzip: no deeper. */
const MAX_UNPACK_DEPTH = 4

/**
 * A client's session under one key: numbers, packs and encrypts what is sent, sends again what did not arrive, and
 * takes what comes. It lives on when the connection does not.
 *
 * @see protocol.md sections 5 to 7
 */
export class ClientSession {
  readonly authKey: AuthKey
  readonly salts: ClientSalts
  sessionId: bigint
  /** When time alone makes it send something; undefined if nothing waits. */
  wakeAtMs: number | undefined
  readonly #setup: ClientSessionSetup
  #numbering: Numbering
  #received: ReceivedIds
  #queue: Outgoing[] = []
  /** Requests without an answer, by their msg_id. */
  readonly #requests = new Map<MsgId, Outgoing>()
  /** What recent packets held, by the msg_id of their outer message. */
  readonly #packets = new Map<MsgId, readonly Outgoing[]>()
  #acks: MsgId[] = []
  #acksDueMs: number | undefined
  #askAtMs: number | undefined
  /** The last msgs_state_req: its answer gives the states in the order of these ids. */
  #asking: { readonly request: Outgoing; readonly msgIds: readonly MsgId[] } | undefined
  #saltsAskedMs: number | undefined
  #restarts = 0
  #lastUniqueId: bigint | undefined
  /** Something in the queue has an id already: it may be old, and only contents of a container may be. */
  #mustContain = false

  constructor(setup: ClientSessionSetup) {
    this.#setup = setup
    this.authKey = setup.authKey
    this.salts = setup.salts
    this.sessionId = readLong(setup.random(8))
    this.#numbering = new Numbering({ value: 0n })
    this.#received = new ReceivedIds(setup.limits.receivedIds)
  }

  /** How many requests wait for their answers. */
  get pending(): number {
    return this.#requests.size + this.#queue.filter(({ item }) => item.kind === 'request').length
  }

  /** Sends a request with the next packet. */
  request(tag: RequestTag, body: Uint8Array | ((msgId: MsgId) => Uint8Array)): void {
    const makeBody = typeof body === 'function' ? body : () => body
    this.#enqueue({ kind: 'request', tag }, true, makeBody)
  }

  /** Nobody waits for these any longer: their answers are acknowledged and dropped. */
  forget(matches: (tag: RequestTag) => boolean): void {
    const isMatch = ({ item }: Outgoing) => item.kind === 'request' && matches(item.tag)
    this.#queue = this.#queue.filter((outgoing) => !isMatch(outgoing))
    for (const [msgId, outgoing] of this.#requests) if (isMatch(outgoing)) this.#requests.delete(msgId)
  }

  /** Sends a ping with the next packet; the server closes the connection if `disconnectDelayS` pass without another. */
  ping(pingId: bigint, disconnectDelay: number): void {
    this.#service({ _: 'ping_delay_disconnect', pingId, disconnectDelay })
  }

  /** A new connection: what has no answer goes out again, under its own ids in a container. */
  reopen(): void {
    const again = [...this.#requests.values()]
    for (const outgoing of again) outgoing.isUncertain = true
    this.#queue = [
      ...again,
      ...this.#queue.filter((one) => !again.includes(one) && one.item.kind === 'request'),
    ]
    this.#mustContain = again.length > 0
    this.#saltsAskedMs = undefined
  }

  /** Takes a decrypted packet; one of a session before this is let be. */
  receive(packet: EncryptedMessage, nowMs: number): void {
    if (packet.sessionId !== this.sessionId) return
    if ((packet.msgId & 1n) === 0n)
      throw new ProtocolError('MSG_ID_INVALID', 'a server message has an even msg_id')
    const messages = isContainer(packet.body) ? decodeContainer(packet) : [packet]
    if (!messages) throw new ProtocolError('CONTAINER_INVALID', 'the server has sent a malformed container')
    const aheadMs = msgIdTimeS(packet.msgId) * 1000 - this.#serverNowMs(nowMs)
    const isCurrent = aheadMs > -MAX_AGE_S * 1000
    // What is authentic and not a replay cannot come from the future: then it is our clock that is slow.
    if (aheadMs > 0) this.#setup.clock.offsetMs += aheadMs
    if (isCurrent) this.#setup.host.onHeard()
    for (const message of messages) {
      // When our clock is fast, everything looks old; only what can set it right is let in then.
      if (isCurrent || isBadMsg(message.body)) this.#onMessage(message, nowMs)
    }
  }

  /** Everything that is to be sent now, as encrypted packets. */
  flush(nowMs: number): OutgoingPacket[] {
    this.#ask(nowMs)
    this.#askSalts(nowMs)
    const acksAreDue =
      this.#acks.length >= this.#setup.limits.ackCount ||
      (this.#acksDueMs !== undefined && this.#acksDueMs <= nowMs)
    if (this.#acks.length > 0 && (acksAreDue || this.#queue.length > 0)) this.#enqueueAcks()
    const packets = this.#send(nowMs)
    this.wakeAtMs = earliest(this.#acksDueMs, this.#askAtMs)
    return packets
  }

  #serverNowMs(nowMs: number): number {
    return nowMs + this.#setup.clock.offsetMs
  }

  #serverNowS(nowMs: number): number {
    return Math.floor(this.#serverNowMs(nowMs) / 1000)
  }

  // ---- sending ---------------------------------------------------------------------------------------------

  #enqueue(item: Item, contentRelated: boolean, makeBody: (msgId: MsgId) => Uint8Array): Outgoing {
    const state = { message: undefined, packetId: undefined, isUncertain: false, asked: 0, askAtMs: 0 }
    const outgoing: Outgoing = { item, contentRelated, makeBody, ...state }
    this.#queue.push(outgoing)
    return outgoing
  }

  #service(message: ServiceMessage): Outgoing {
    const body = encodeService(message)
    return this.#enqueue({ kind: 'service' }, false, () => body)
  }

  #enqueueAcks(): void {
    const msgIds = this.#acks.splice(0, MAX_ACK_IDS)
    if (this.#acks.length === 0) this.#acksDueMs = undefined
    const body = encodeService({ _: 'msgs_ack', msgIds })
    this.#enqueue({ kind: 'acks', msgIds }, false, () => body)
  }

  #send(nowMs: number): OutgoingPacket[] {
    if (this.#queue.length === 0) return []
    const queue = this.#queue
    this.#queue = []
    const numbered = queue.map((outgoing) => this.#number(outgoing, nowMs))
    const packets: OutgoingPacket[] = []
    for (const batch of batches(numbered, this.#setup.limits)) {
      const [only] = batch
      const isAlone = batch.length === 1 && only !== undefined && !this.#mustContain
      const outer = isAlone ? only : this.#contain(batch, nowMs)
      this.#remember(
        outer.msgId,
        batch.map(({ outgoing }) => outgoing),
      )
      const { packet, quickAckToken } = this.#encrypt(outer, nowMs)
      const callIds = batch.flatMap(({ outgoing }) => callIdOf(outgoing.item) ?? [])
      packets.push({ bytes: packet, quickAckToken, callIds })
    }
    this.#mustContain = false
    return packets
  }

  #number(outgoing: Outgoing, nowMs: number): InnerMessage & { outgoing: Outgoing } {
    const { item, contentRelated, makeBody } = outgoing
    if (!outgoing.message) {
      const msgId = this.#numbering.nextId(this.#serverNowMs(nowMs), MSG_ID_BITS.client)
      const seqNo = this.#numbering.nextSeqNo(contentRelated)
      outgoing.message = { msgId, seqNo, body: this.#pack(makeBody(msgId)) }
    }
    const { message } = outgoing
    if (item.kind === 'request') {
      this.#requests.set(message.msgId, outgoing)
      this.#askLater(outgoing, nowMs)
    }
    return { ...message, outgoing }
  }

  #pack(body: Uint8Array): Uint8Array {
    const { gzipMinBytes, gzipMaxBytes } = this.#setup.limits
    return body.length >= gzipMinBytes && body.length <= gzipMaxBytes ? pack(body) : body
  }

  #contain(messages: readonly InnerMessage[], nowMs: number): InnerMessage {
    const msgId = this.#numbering.nextId(this.#serverNowMs(nowMs), MSG_ID_BITS.client)
    return { msgId, seqNo: this.#numbering.nextSeqNo(false), body: encodeContainer(messages) }
  }

  #remember(msgId: MsgId, contents: readonly Outgoing[]): void {
    for (const outgoing of contents) outgoing.packetId = msgId
    this.#packets.set(msgId, contents)
    if (this.#packets.size <= MAX_PACKETS) return
    const [oldest] = this.#packets.keys()
    if (oldest !== undefined) this.#packets.delete(oldest)
  }

  #encrypt(outer: InnerMessage, nowMs: number): SealedPacket {
    const salt = this.salts.current(this.#serverNowS(nowMs))
    const { random } = this.#setup
    return encryptWithToken(this.authKey, 'client', { ...outer, salt, sessionId: this.sessionId }, random)
  }

  /** Sends again what the server did not take: under a new id, unless an earlier packet may have brought it. */
  #resend(contents: readonly Outgoing[], options: { freshIds: boolean }): void {
    for (const outgoing of contents) {
      const { item, message } = outgoing
      if (item.kind === 'acks') this.#acks.push(...item.msgIds)
      if (item.kind === 'acks' || this.#queue.includes(outgoing)) continue
      if (item.kind === 'request') {
        if (!message || !this.#requests.has(message.msgId)) continue
        this.#requests.delete(message.msgId)
      }
      if (options.freshIds || !outgoing.isUncertain) {
        outgoing.message = undefined
        outgoing.isUncertain = false
      } else {
        this.#mustContain = true
      }
      this.#queue.push(outgoing)
    }
  }

  /** A new session: everything without an answer starts over in it. */
  #restart(): void {
    this.#restarts += 1
    if (this.#restarts > MAX_RESTARTS) {
      throw new ProtocolError('SESSION_REJECTED', 'the server refuses one new session after the other')
    }
    const again = [...this.#requests.values()]
    this.#requests.clear()
    this.#packets.clear()
    this.#acks = []
    this.#acksDueMs = undefined
    this.#lastUniqueId = undefined
    this.sessionId = readLong(this.#setup.random(8))
    this.#numbering = new Numbering({ value: 0n })
    this.#received = new ReceivedIds(this.#setup.limits.receivedIds)
    const waiting = this.#queue.filter((one) => one.item.kind !== 'acks' && !again.includes(one))
    this.#queue = [...again, ...waiting]
    for (const outgoing of this.#queue) {
      outgoing.message = undefined
      outgoing.isUncertain = false
    }
    this.#mustContain = false
  }

  // ---- time ------------------------------------------------------------------------------------------------

  #askLater(outgoing: Outgoing, nowMs: number): void {
    outgoing.askAtMs = nowMs + this.#setup.limits.askAfterMs * 2 ** Math.min(outgoing.asked, 6)
    this.#askAtMs = earliest(this.#askAtMs, outgoing.askAtMs)
  }

  /** Asks what became of requests that have been without an answer for long. */
  #ask(nowMs: number): void {
    if (this.#askAtMs === undefined || this.#askAtMs > nowMs) return
    this.#askAtMs = undefined
    const msgIds: MsgId[] = []
    for (const [msgId, outgoing] of this.#requests) {
      if (outgoing.askAtMs <= nowMs) {
        outgoing.asked += 1
        msgIds.push(msgId)
        this.#askLater(outgoing, nowMs)
      } else {
        this.#askAtMs = earliest(this.#askAtMs, outgoing.askAtMs)
      }
    }
    if (msgIds.length === 0) return
    msgIds.length = Math.min(msgIds.length, MAX_ACK_IDS)
    this.#asking = { request: this.#service({ _: 'msgs_state_req', msgIds }), msgIds }
  }

  #askSalts(nowMs: number): void {
    const { futureSalts, futureSaltsMin } = this.#setup.limits
    if (futureSalts === 0 || this.salts.ahead(this.#serverNowS(nowMs)) >= futureSaltsMin) return
    if (this.#saltsAskedMs !== undefined && nowMs < this.#saltsAskedMs + SALTS_RETRY_MS) return
    this.#saltsAskedMs = nowMs
    this.#service({ _: 'get_future_salts', num: futureSalts })
  }

  // ---- receiving -------------------------------------------------------------------------------------------

  #onMessage(message: InnerMessage, nowMs: number): void {
    const receipt = this.#received.check(message.msgId)
    if (receipt === 'tooOld') return
    if (isContentRelated(message.seqNo)) {
      this.#acks.push(message.msgId)
      this.#acksDueMs ??= nowMs + this.#setup.limits.ackDelayMs
    }
    if (receipt === 'known') return
    this.#received.add(message.msgId)
    this.#onBody(message.msgId, message.body, nowMs, 0)
  }

  #onBody(msgId: MsgId, packed: Uint8Array, nowMs: number, depth: number): void {
    const body = this.#unpack(packed)
    const id = readConstructorId(body)
    if (id === RPC_RESULT_ID) this.#onRpcResult(body, nowMs)
    else if (isService(body)) this.#onService(msgId, decodeService(body), nowMs)
    else if (body !== packed && depth < MAX_UNPACK_DEPTH) this.#onBody(msgId, body, nowMs, depth + 1)
    else this.#setup.host.onUpdate(body)
  }

  #unpack(body: Uint8Array): Uint8Array {
    return unpackBody(body, this.#setup.limits.maxUnpackedBytes)
  }

  #onRpcResult(body: Uint8Array, nowMs: number): void {
    const { reqMsgId, result } = decodeRpcResult(body)
    this.#restarts = 0
    const outgoing = this.#requests.get(reqMsgId)
    if (outgoing?.item.kind !== 'request') return
    this.#requests.delete(reqMsgId)
    this.#setup.host.onResult(outgoing.item.tag, this.#unpack(result), nowMs)
  }

  #onService(msgId: MsgId, message: ServiceMessage, nowMs: number): void {
    switch (message._) {
      case 'bad_server_salt':
      case 'bad_msg_notification':
        this.#onBadMsg(msgId, message, nowMs)
        break
      case 'new_session_created':
        if (message.uniqueId === this.#lastUniqueId) break
        this.#lastUniqueId = message.uniqueId
        this.salts.onServerSalt(message.serverSalt, this.#serverNowS(nowMs))
        this.#onSessionMade(message.firstMsgId)
        this.#setup.host.onChanged()
        this.#setup.host.onNewSession()
        break
      case 'future_salts': {
        const salts = message.salts.map(({ salt, validSince, validUntil }) => ({
          salt,
          validSinceS: validSince,
          validUntilS: validUntil,
        }))
        this.salts.onFutureSalts(salts, this.#serverNowS(nowMs))
        this.#setup.host.onChanged()
        break
      }
      case 'msgs_ack':
        for (const id of message.msgIds) this.#onState(id, 4, nowMs)
        break
      case 'msgs_state_info':
        if (message.reqMsgId !== this.#asking?.request.message?.msgId) break
        for (const [i, id] of this.#asking.msgIds.entries()) this.#onState(id, message.info[i] ?? 0, nowMs)
        this.#asking = undefined
        break
      case 'msgs_all_info':
        for (const [i, id] of message.msgIds.entries()) this.#onState(id, message.info[i] ?? 0, nowMs)
        break
      case 'msg_detailed_info':
      case 'msg_new_detailed_info':
        this.#onDetailedInfo(message.answerMsgId, nowMs)
        break
      case 'msgs_state_req':
        this.#service({ _: 'msgs_state_info', reqMsgId: msgId, info: this.#stateOf(message.msgIds) })
        break
      case 'msg_resend_req':
        this.#onResendReq(msgId, message.msgIds)
        break
      case 'destroy_auth_key_ok':
      case 'destroy_auth_key_none':
      case 'destroy_auth_key_fail':
        this.#setup.host.onKeyDestroyed(message._ !== 'destroy_auth_key_fail')
        break
      // pong has done its work by arriving; the rest asks for nothing of a client.
    }
  }

  /** The server has made the session anew: it knows nothing of packets from before this id. */
  #onSessionMade(firstMsgId: MsgId): void {
    const lost = [...this.#requests.values()].filter(
      ({ packetId }) => packetId !== undefined && packetId < firstMsgId,
    )
    this.#resend(lost, { freshIds: true })
  }

  #onBadMsg(
    msgId: MsgId,
    bad: Extract<ServiceMessage, { _: 'bad_msg_notification' | 'bad_server_salt' }>,
    nowMs: number,
  ): void {
    const packet = this.#packets.get(bad.badMsgId) ?? this.#single(bad.badMsgId)
    if (!packet) return
    // What has gone out again since is not concerned.
    const contents = packet.filter(
      ({ packetId, message }) => packetId === bad.badMsgId || message?.msgId === bad.badMsgId,
    )
    this.#packets.delete(bad.badMsgId)
    if (bad._ === 'bad_server_salt') {
      this.salts.onServerSalt(bad.newServerSalt, this.#serverNowS(nowMs))
      this.#resend(contents, { freshIds: false })
      this.#setup.host.onChanged()
      return
    }
    switch (bad.errorCode) {
      case 16:
        this.#setClock(msgId, nowMs)
        this.#resend(contents, { freshIds: false })
        break
      case 20:
        this.#resend(contents, { freshIds: true })
        break
      case 17:
        this.#setClock(msgId, nowMs)
        this.#restart()
        break
      default:
        this.#restart()
    }
  }

  /** A message of a container that is rejected by its own id. */
  #single(msgId: MsgId): readonly Outgoing[] | undefined {
    const outgoing = this.#requests.get(msgId)
    return outgoing && [outgoing]
  }

  #setClock(msgId: MsgId, nowMs: number): void {
    this.#setup.clock.offsetMs = msgIdTimeS(msgId) * 1000 - nowMs
    this.#setup.host.onChanged()
  }

  /** What the server says of a request: it has it (4), or never had (2, 3) or no longer knows (1). */
  #onState(msgId: MsgId, state: number, nowMs: number): void {
    const outgoing = this.#requests.get(msgId)
    if (!outgoing) return
    const receipt = state & 7
    const isAnswered = (state & 64) !== 0
    if (receipt === 4 && !isAnswered) {
      this.#askLater(outgoing, nowMs)
    } else if (receipt >= 1 && receipt <= 4) {
      // Under its own id it runs once at most, and an answer that we lack comes again with it.
      outgoing.isUncertain = true
      this.#resend([outgoing], { freshIds: receipt === 1 })
    }
  }

  #onDetailedInfo(answerMsgId: MsgId, nowMs: number): void {
    if (this.#received.check(answerMsgId) === 'new') {
      this.#service({ _: 'msg_resend_req', msgIds: [answerMsgId] })
    } else {
      this.#acks.push(answerMsgId)
      this.#acksDueMs ??= nowMs + this.#setup.limits.ackDelayMs
    }
  }

  #onResendReq(reqMsgId: MsgId, msgIds: readonly MsgId[]): void {
    const known = msgIds.flatMap((id) => this.#requests.get(id) ?? [])
    for (const outgoing of known) outgoing.isUncertain = true
    this.#resend(known, { freshIds: false })
    if (known.length === msgIds.length) return
    this.#service({ _: 'msgs_state_info', reqMsgId, info: this.#stateOf(msgIds) })
  }

  #stateOf(msgIds: readonly MsgId[]): Uint8Array {
    return Uint8Array.from(msgIds, (id) => this.#received.state(id))
  }
}

function callIdOf(item: Item): number | undefined {
  return item.kind === 'request' && item.tag.kind === 'call' ? item.tag.callId : undefined
}

/** `bad_msg_notification#a7eff811`, `bad_server_salt#edab447b`. */
function isBadMsg(body: Uint8Array): boolean {
  const id = readConstructorId(body)
  return id === 0xa7eff811 || id === 0xedab447b
}

function earliest(...times: (number | undefined)[]): number | undefined {
  let first: number | undefined
  for (const time of times) if (time !== undefined && (first === undefined || time < first)) first = time
  return first
}

import { readLong } from '../crypto/index.ts'
import {
  encodeContainer,
  encryptWithToken,
  type InnerMessage,
  isLater,
  MSG_ID_BITS,
  pack,
} from '../envelope/index.ts'
import { ProtocolError } from '../errors.ts'
import type { AuthKey, MsgId, Random } from '../machine.ts'
import type { ClientLimits } from '../options.ts'
import { encodeService, type ServiceMessage } from '../service.ts'
import { batches, Numbering } from './numbering.ts'

/** The request that an rpc_result answers. */
export type RequestTag =
  | { readonly kind: 'call'; readonly callId: number }
  | { readonly kind: 'bind' }
  | { readonly kind: 'destroyKey' }
  /** rpc_drop_answer. */
  | { readonly kind: 'drop' }

/** A packet to send. */
export interface OutgoingPacket {
  readonly bytes: Uint8Array
  /** The token of its quick acknowledgement. */
  readonly quickAckToken: number
  /** The calls in it. */
  readonly callIds: readonly number[]
}

/** The kinds of messages that are kept, in case they must be sent again. */
type Item =
  | { readonly kind: 'request'; readonly tag: RequestTag }
  | { readonly kind: 'acks'; readonly msgIds: readonly MsgId[] }
  | { readonly kind: 'service' }

/** A message that is to be sent, or has been. */
export interface Outgoing {
  readonly item: Item
  readonly contentRelated: boolean
  /** Takes the msg_id, which is part of the body of auth.bindTempAuthKey. */
  readonly makeBody: (msgId: MsgId) => Uint8Array
  /** Once it has been sent. */
  message: InnerMessage | undefined
  /** The msg_id of the last packet it went out in. */
  packetId: MsgId | undefined
  /** It may have reached the server in an earlier packet: only its own id keeps it from running twice. */
  isUncertain: boolean
  /** The number of times that the server had it sent again on this connection. */
  resends: number
  /** The number of times that its state was asked for, and the time to ask next. */
  asked: number
  askAtMs: number
}

/** Options of an outbox. */
export interface OutboxSetup {
  readonly random: Random
  readonly limits: ClientLimits
  readonly authKey: AuthKey
}

/** Packets whose rejection we could still be told of. */
const MAX_PACKETS = 256
/** Ids in one service message. */
const MAX_IDS = 8192
/** The pause before the next msgs_state_req doubles at most this many times. */
const MAX_DOUBLINGS = 6

/** The outgoing messages of a client's session: numbered, packed, encrypted, and kept until they are answered. */
export class Outbox {
  sessionId: bigint
  /** When to acknowledge what has come, at the latest. */
  acksDueMs: number | undefined
  /** When the first request has been without an answer for too long. */
  askAtMs: number | undefined
  readonly #setup: OutboxSetup
  #numbering = new Numbering({ value: undefined })
  #queue: Outgoing[] = []
  /** Requests without an answer, by their msg_id. */
  readonly #requests = new Map<MsgId, Outgoing>()
  /** The contents of recent packets that the server may still reject, by the msg_id of their outer message. */
  readonly #packets = new Map<MsgId, readonly Outgoing[]>()
  /** The first packet of the session that the server is known to have taken. */
  #firstTaken: MsgId | undefined
  #acks: MsgId[] = []
  /** Something in the queue has an id already: it may be old, and only contents of a container may be. */
  #mustContain = false

  constructor(setup: OutboxSetup) {
    this.#setup = setup
    this.sessionId = readLong(setup.random(8))
  }

  /** The number of requests without an answer. */
  get pending(): number {
    const isNew = ({ item, message }: Outgoing) => item.kind === 'request' && message === undefined
    return this.#requests.size + this.#queue.filter(isNew).length
  }

  /** A request, content-related, with the next packet. */
  request(tag: RequestTag, makeBody: (msgId: MsgId) => Uint8Array): void {
    this.#enqueue({ kind: 'request', tag }, true, makeBody)
  }

  /** A message of the service itself, with the next packet. */
  service(message: ServiceMessage): Outgoing {
    const body = encodeService(message)
    return this.#enqueue({ kind: 'service' }, false, () => body)
  }

  /** Acknowledges a message: with the next packet, soon, or at once when there are many. */
  acknowledge(msgId: MsgId, nowMs: number): void {
    this.#acks.push(msgId)
    this.acksDueMs ??= nowMs + this.#setup.limits.ackDelayMs
  }

  /** The request with this msg_id, if it has no answer yet. */
  find(msgId: MsgId): Outgoing | undefined {
    return this.#requests.get(msgId)
  }

  /** The id of a call that was sent and has no answer. */
  msgIdOf(callId: number): MsgId | undefined {
    for (const [msgId, { item }] of this.#requests) if (callIdOf(item) === callId) return msgId
    return undefined
  }

  /** A request has been answered: what it was, if it was one without an answer. */
  takeAnswered(msgId: MsgId): RequestTag | undefined {
    const answered = this.#requests.get(msgId)
    if (answered?.item.kind !== 'request') return undefined
    this.#requests.delete(msgId)
    // Something before it in the same packet may have had it sent again.
    if (this.#queue.length > 0) this.#queue = this.#queue.filter((outgoing) => outgoing !== answered)
    if (!answered.isUncertain) this.#onTaken(answered.packetId)
    return answered.item.tag
  }

  /** The server has answered something that came in this packet only, and will not reject the packet. */
  #onTaken(packetId: MsgId | undefined): void {
    if (packetId === undefined) return
    if (this.#firstTaken === undefined || isLater(this.#firstTaken, packetId)) this.#firstTaken = packetId
    this.#packets.delete(packetId)
  }

  /** Requests without an answer whose last packet was before this id. */
  sentBefore(firstMsgId: MsgId): Outgoing[] {
    return [...this.#requests.values()].filter(
      ({ packetId }) => packetId !== undefined && isLater(firstMsgId, packetId),
    )
  }

  /** Tells whether a packet from before this id was sent and not rejected, as far as is still known. */
  hasSentBefore(firstMsgId: MsgId): boolean {
    if (this.#firstTaken !== undefined && isLater(firstMsgId, this.#firstTaken)) return true
    for (const packetId of this.#packets.keys()) if (isLater(firstMsgId, packetId)) return true
    return false
  }

  /** Takes the contents of a rejected packet, except messages that were sent again since; undefined if it was never sent. */
  takeRejected(msgId: MsgId): Outgoing[] | undefined {
    const single = this.#requests.get(msgId)
    const contents = this.#packets.get(msgId) ?? (single && [single])
    this.#packets.delete(msgId)
    return contents?.filter(({ packetId, message }) => packetId === msgId || message?.msgId === msgId)
  }

  /** Gives requests up: their answers will be acknowledged and dropped. Returns the ids of those that were sent. */
  forget(matches: (tag: RequestTag) => boolean): MsgId[] {
    const isMatch = ({ item }: Outgoing) => item.kind === 'request' && matches(item.tag)
    this.#queue = this.#queue.filter((outgoing) => !isMatch(outgoing))
    const sent = [...this.#requests].filter(([, outgoing]) => isMatch(outgoing)).map(([msgId]) => msgId)
    for (const msgId of sent) this.#requests.delete(msgId)
    return sent
  }

  /** A new connection, or one that ended over HTTP: what has no answer goes out again, under its own ids in a container. */
  reopen(): void {
    const again = [...this.#requests.values()]
    for (const outgoing of again) {
      outgoing.isUncertain = true
      outgoing.resends = 0
    }
    const waiting = this.#queue.filter((one) => !again.includes(one) && one.item.kind === 'request')
    this.#queue = [...again, ...waiting]
    this.#mustContain = again.length > 0
  }

  /** A new session: everything without an answer starts over in it, the old one is given up. */
  restart(): void {
    this.forget(({ kind }) => kind === 'drop')
    const again = [...this.#requests.values()]
    const waiting = this.#queue.filter((one) => !again.includes(one) && one.item.kind !== 'acks')
    this.#requests.clear()
    this.#packets.clear()
    this.#firstTaken = undefined
    this.#acks = []
    this.acksDueMs = undefined
    this.sessionId = readLong(this.#setup.random(8))
    this.#numbering = new Numbering({ value: undefined })
    this.#queue = [...again, ...waiting]
    for (const outgoing of this.#queue) renew(outgoing)
    this.#mustContain = false
  }

  /**
   * Sends again what the server did not take: under a new id, unless an earlier packet may have brought it.
   *
   * @throws ProtocolError SESSION_REJECTED where it never takes it
   */
  resend(contents: readonly Outgoing[], options: { freshIds: boolean }): void {
    for (const outgoing of contents) {
      const { item, message } = outgoing
      if (item.kind === 'acks') this.#acks.push(...item.msgIds)
      if (item.kind === 'acks' || this.#queue.includes(outgoing)) continue
      if (item.kind === 'request' && (!message || !this.#requests.has(message.msgId))) continue
      outgoing.resends += 1
      if (outgoing.resends > this.#setup.limits.maxResends) {
        throw new ProtocolError('SESSION_REJECTED', 'the server had the same message sent again too often')
      }
      if (options.freshIds || !outgoing.isUncertain) {
        if (message) this.#requests.delete(message.msgId)
        renew(outgoing)
      } else {
        this.#mustContain = true
      }
      this.#queue.push(outgoing)
    }
  }

  /** The server has the request, or is to be asked again: not so soon. */
  askLater(outgoing: Outgoing, nowMs: number): void {
    const pauses = 2 ** Math.min(outgoing.asked, MAX_DOUBLINGS)
    outgoing.askAtMs = nowMs + this.#setup.limits.askAfterMs * pauses
    this.askAtMs = Math.min(this.askAtMs ?? outgoing.askAtMs, outgoing.askAtMs)
  }

  /** Takes the requests that have had no answer for too long. */
  takeLate(nowMs: number): MsgId[] {
    if (this.askAtMs === undefined || this.askAtMs > nowMs) return []
    this.askAtMs = undefined
    const late: MsgId[] = []
    for (const [msgId, outgoing] of this.#requests) {
      if (outgoing.askAtMs <= nowMs && late.length < MAX_IDS) {
        outgoing.asked += 1
        late.push(msgId)
        this.askLater(outgoing, nowMs)
      } else {
        this.askAtMs = Math.min(this.askAtMs ?? outgoing.askAtMs, outgoing.askAtMs)
      }
    }
    return late
  }

  /** Tells whether a message is to be sent now. */
  isDue(nowMs: number): boolean {
    const acksAreDue = this.acksDueMs !== undefined && this.acksDueMs <= nowMs
    return acksAreDue || this.#acks.length >= this.#setup.limits.ackCount || this.#queue.length > 0
  }

  /**
   * Everything that is to be sent now, as few packets as it fits into.
   *
   * @param serverNowMs for the ids
   */
  flush(salt: bigint, nowMs: number, serverNowMs: number): OutgoingPacket[] {
    if (this.#acks.length > 0 && this.isDue(nowMs)) this.#enqueueAcks()
    if (this.#queue.length === 0) return []
    const queue = this.#queue
    this.#queue = []
    const numbered = queue.map((outgoing) => this.#number(outgoing, nowMs, serverNowMs))
    const packets = batches(numbered, this.#setup.limits).map((batch) => {
      const [only] = batch
      const isAlone = batch.length === 1 && only !== undefined && !this.#mustContain
      const outer = isAlone ? only : this.#contain(batch, serverNowMs)
      const contents = batch.map(({ outgoing }) => outgoing)
      this.#remember(outer.msgId, contents)
      const { random, authKey } = this.#setup
      const sealed = encryptWithToken(
        authKey,
        'client',
        { ...outer, salt, sessionId: this.sessionId },
        random,
      )
      const callIds = contents.flatMap(({ item }) => callIdOf(item) ?? [])
      return { bytes: sealed.packet, quickAckToken: sealed.quickAckToken, callIds }
    })
    this.#mustContain = false
    return packets
  }

  #enqueue(item: Item, contentRelated: boolean, makeBody: (msgId: MsgId) => Uint8Array): Outgoing {
    const sent = { message: undefined, packetId: undefined, isUncertain: false, resends: 0 }
    const outgoing: Outgoing = { item, contentRelated, makeBody, ...sent, asked: 0, askAtMs: 0 }
    this.#queue.push(outgoing)
    return outgoing
  }

  #enqueueAcks(): void {
    const msgIds = this.#acks.splice(0, MAX_IDS)
    if (this.#acks.length === 0) this.acksDueMs = undefined
    const body = encodeService({ _: 'msgs_ack', msgIds })
    this.#enqueue({ kind: 'acks', msgIds }, false, () => body)
  }

  #number(outgoing: Outgoing, nowMs: number, serverNowMs: number): InnerMessage & { outgoing: Outgoing } {
    const { item, contentRelated, makeBody } = outgoing
    if (!outgoing.message) {
      const msgId = this.#numbering.nextId(serverNowMs, MSG_ID_BITS.client)
      const seqNo = this.#numbering.nextSeqNo(contentRelated)
      outgoing.message = { msgId, seqNo, body: this.#pack(makeBody(msgId)) }
    }
    const { message } = outgoing
    if (item.kind === 'request') {
      this.#requests.set(message.msgId, outgoing)
      this.askLater(outgoing, nowMs)
    }
    return { ...message, outgoing }
  }

  #pack(body: Uint8Array): Uint8Array {
    const { gzipMinBytes, gzipMaxBytes } = this.#setup.limits
    return body.length >= gzipMinBytes && body.length <= gzipMaxBytes ? pack(body) : body
  }

  #contain(messages: readonly InnerMessage[], serverNowMs: number): InnerMessage {
    const msgId = this.#numbering.nextId(serverNowMs, MSG_ID_BITS.client)
    return { msgId, seqNo: this.#numbering.nextSeqNo(false), body: encodeContainer(messages) }
  }

  #remember(msgId: MsgId, contents: readonly Outgoing[]): void {
    for (const outgoing of contents) outgoing.packetId = msgId
    this.#packets.set(msgId, contents)
    if (this.#packets.size <= MAX_PACKETS) return
    const [oldest] = this.#packets.keys()
    if (oldest !== undefined) this.#packets.delete(oldest)
  }
}

/** Its next id is another. */
function renew(outgoing: Outgoing): void {
  outgoing.message = undefined
  outgoing.isUncertain = false
}

function callIdOf(item: Item): number | undefined {
  return item.kind === 'request' && item.tag.kind === 'call' ? item.tag.callId : undefined
}

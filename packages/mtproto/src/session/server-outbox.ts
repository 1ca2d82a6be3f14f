import { freeBytes } from '@cablegram/tl'
import {
  bodyBytes,
  encodeContainer,
  encodeRpcResult,
  type InnerMessage,
  MSG_ID_BITS,
  type MsgIdBits,
  msgIdTimeS,
} from '../envelope/index.ts'
import type { MsgId } from '../machine.ts'
import type { ServerLimits } from '../options.ts'
import { encodeService, type ServiceMessage } from '../service.ts'
import { batches, type Numbering } from './numbering.ts'

/** A message to number and send; content-related ones are kept until they are acknowledged. */
interface Outgoing {
  body: Uint8Array
  /** The end of the body, in pieces. */
  rest: readonly Uint8Array[] | undefined
  readonly contentRelated: boolean
  readonly bits: MsgIdBits
  /** The request it answers. */
  readonly reqMsgId: MsgId | undefined
  readonly isPush: boolean
  /** It has bytes of a file, which are kept only until they have been sent. */
  readonly isFile: boolean
  /** Once it has been sent. */
  message: InnerMessage | undefined
}

/** A message to encrypt, alone or as a container of others. */
export interface OuterMessage extends InnerMessage {
  /** Nobody needs the body once the message is encrypted: it has bytes of a file, and is not kept. */
  readonly isSpent?: boolean
}

/** A message to keep until it is acknowledged. */
type Kept = Pick<Outgoing, 'body' | 'bits'> &
  Partial<Pick<Outgoing, 'rest' | 'reqMsgId' | 'isPush' | 'isFile'>>

/** In place of bytes of a file that have been sent. */
const NOTHING = new Uint8Array(0)

/** Bytes that all sessions of a node keep until they are acknowledged. */
export interface Held {
  bytes: number
}

/** Has requests count as never received. */
export type Forget = (reqMsgId: MsgId) => void

/** Approximate cost of keeping a message, besides its bytes. */
const MESSAGE_BYTES = 256
/** The most that a session keeps while the node has too much. */
const CROWDED_BYTES = 4096
/** Unacknowledged messages that are offered to a client at a time. */
const MAX_OFFERS = 256
/** The pause before the next offer doubles at most this many times. */
const MAX_DOUBLINGS = 6

/**
 * The outgoing messages of a server's session: numbered, put in containers, and, if content-related, kept until they are
 * acknowledged. Old unacknowledged ones are offered with msg_detailed_info, so that nothing is lost on a connection
 * that lives.
 *
 * @see protocol.md sections 5 and 6
 */
export class ServerOutbox {
  /** When to offer what has not been acknowledged. */
  offerAtMs: number | undefined
  readonly #limits: ServerLimits
  readonly #numbering: Numbering
  #node: Held
  readonly #forget: Forget
  #queue: Outgoing[] = []
  readonly #unacked = new Map<MsgId, Outgoing>()
  /** The answers in both, by the request that they answer. */
  readonly #answers = new Map<MsgId, Outgoing>()
  /** Unacknowledged messages to send again. This and the next are made when needed: most sessions never need them. */
  #again: Set<Outgoing> | undefined
  /** Requests whose answers had to go before anyone acknowledged them. */
  #lost: Set<MsgId> | undefined
  /** Bytes and number of content-related messages queued or unacknowledged. */
  #heldBytes = 0
  #heldMessages = 0
  /** The number of pushes among them. */
  #heldPushes = 0
  /** The body that replaces pushes that are gone. */
  #instead: Uint8Array | undefined
  /** Pushes that were sent, and not acknowledged, are gone: they are missed if the connection breaks. */
  #hasLostPushes = false
  #offers = 0
  /** The last new_session_created. */
  #greeting: Outgoing | undefined

  /** @param forget called for requests whose answers have bytes of a file and may not have arrived */
  constructor(limits: ServerLimits, numbering: Numbering, node: Held, forget: Forget) {
    this.#limits = limits
    this.#numbering = numbering
    this.#node = node
    this.#forget = forget
  }

  /** Content-related messages that nobody has acknowledged, sent or not. */
  get held(): number {
    return this.#heldMessages
  }

  /** Ends the outbox with its session: its messages no longer count. */
  abandon(): void {
    this.#node.bytes -= this.#heldBytes + this.#heldMessages * MESSAGE_BYTES
    this.#node = { bytes: 0 }
  }

  /**
   * An rpc_result.
   *
   * @param isFile it has bytes of a file, and the outbox takes over the memory of `result` and `rest`
   * @param rest the end of the result, in pieces
   */
  respond(reqMsgId: MsgId, result: Uint8Array, isFile = false, rest?: readonly Uint8Array[]): void {
    const body = encodeRpcResult(reqMsgId, result)
    if (isFile) freeBytes(result)
    this.#hold({ body, rest, bits: MSG_ID_BITS.serverResponse, reqMsgId, isFile })
  }

  /** Sends a message that is not an answer and that the client must acknowledge. */
  announce(body: Uint8Array): void {
    this.#hold({ body, bits: MSG_ID_BITS.serverOther })
  }

  /**
   * Sends an update.
   *
   * @param instead replaces this one and all that nobody has acknowledged if there would be too many; undefined: none
   */
  push(body: Uint8Array, instead: Uint8Array | undefined): void {
    this.#instead = instead
    const isTooMany = instead !== undefined && this.#heldPushes >= this.#limits.maxQueuedPushes
    if (isTooMany) this.#dropPushes()
    this.#hold({ body: isTooMany ? instead : body, bits: MSG_ID_BITS.serverOther, isPush: true })
  }

  /** Says that pushes are gone: the client asks for what it lacks. */
  #tellOfLostPushes(): void {
    this.#hasLostPushes = false
    if (this.#instead === undefined) return
    this.#dropPushes()
    this.#hold({ body: this.#instead, bits: MSG_ID_BITS.serverOther, isPush: true })
  }

  #dropPushes(): void {
    for (const outgoing of this.#unacked.values()) if (outgoing.isPush) this.#release(outgoing)
    const dropped = this.#queue.filter(({ isPush }) => isPush)
    this.#queue = this.#queue.filter(({ isPush }) => !isPush)
    for (const outgoing of dropped) this.#release(outgoing)
  }

  /** new_session_created: to be acknowledged too, but over HTTP no reason to answer. */
  greet(body: Uint8Array): void {
    this.announce(body)
    this.#greeting = this.#queue.at(-1)
  }

  /** The number of messages to send, without the greeting. */
  get news(): number {
    const isGreeting = this.#greeting !== undefined && this.#greeting.message === undefined
    return this.#queue.length + (this.#again?.size ?? 0) - (isGreeting ? 1 : 0)
  }

  /** A message of the service itself: nobody acknowledges it, and nobody misses it on the next connection. */
  notify(message: ServiceMessage): void {
    const kind = {
      contentRelated: false,
      bits: MSG_ID_BITS.serverResponse,
      reqMsgId: undefined,
      isPush: false,
      isFile: false,
    }
    this.#queue.push({ body: encodeService(message), rest: undefined, ...kind, message: undefined })
  }

  /** The client is on a new connection: all that is not known to have arrived goes out again. */
  reopen(): void {
    this.#offers = 0
    this.offerAtMs = undefined
    if (this.#hasLostPushes) this.#tellOfLostPushes()
    for (const outgoing of this.#unacked.values()) {
      if (outgoing.isFile) this.#giveUp(outgoing)
      else this.#repeat(outgoing)
    }
  }

  /**
   * Sends the answer to a repeated request again. False if there is no answer, or none left: the bytes of a file arrive
   * for as long as the connection lives.
   */
  repeatAnswer(reqMsgId: MsgId): boolean {
    const answer = this.#answers.get(reqMsgId)
    if (!answer || isGone(answer)) return false
    this.#repeat(answer)
    return true
  }

  /** Notes that this request's answer is lost: a repeat of the request is told so, once. */
  lose(reqMsgId: MsgId): void {
    this.#lost ??= new Set()
    this.#lost.add(reqMsgId)
    const [first] = this.#lost
    if (first !== undefined && this.#lost.size > this.#limits.receivedIds * 2) this.#lost.delete(first)
  }

  /** Sends the answer to this request again, whatever its length. False if there is no answer. */
  resendAnswer(reqMsgId: MsgId): boolean {
    const answer = this.#answers.get(reqMsgId)
    if (!answer || isGone(answer)) return false
    if (answer.message) this.#sendAgain(answer)
    return true
  }

  /** Tells, once, whether the answer was lost. */
  takeLost(reqMsgId: MsgId): boolean {
    return this.#lost?.delete(reqMsgId) ?? false
  }

  /** Sends a message of ours again, whatever its length. False if it is not kept. */
  resend(msgId: MsgId): boolean {
    const outgoing = this.#unacked.get(msgId)
    if (!outgoing || isGone(outgoing)) return false
    this.#sendAgain(outgoing)
    return true
  }

  /** The client says that it lacks this message: it goes out again, or is offered. */
  onMissing(msgId: MsgId): void {
    const outgoing = this.#unacked.get(msgId)
    if (outgoing && !isGone(outgoing)) this.#repeat(outgoing)
  }

  /** A message of ours has been acknowledged: the request it answers. */
  onAck(msgId: MsgId): MsgId | undefined {
    const outgoing = this.#unacked.get(msgId)
    if (!outgoing) return undefined
    this.#offers = 0
    this.#release(outgoing)
    return outgoing.reqMsgId
  }

  /** The answer to this request is not wanted: what it was, if it is still here. */
  dropAnswer(reqMsgId: MsgId, nowMs: number): InnerMessage | undefined {
    this.#lost?.delete(reqMsgId)
    const answer = this.#answers.get(reqMsgId)
    if (!answer) return undefined
    this.#queue = this.#queue.filter((one) => one !== answer)
    const message = this.#number(answer, nowMs)
    this.#release(answer)
    return message
  }

  /**
   * The outer messages of what is to be sent now, as few as fit.
   *
   * @param maxPackets what does not fit into so many stays for the next time
   */
  flush(nowMs: number, maxPackets: number = Number.POSITIVE_INFINITY): OuterMessage[] {
    this.#offer(nowMs)
    const packets: OuterMessage[] = []
    // Apart from what is new: some clients let a whole packet be for one message in it that is too old.
    for (const batch of this.#again ? batches([...this.#again], this.#limits) : []) {
      if (packets.length >= maxPackets) break
      for (const outgoing of batch) this.#again?.delete(outgoing)
      packets.push(this.#contain(batch, nowMs))
    }
    if (this.#again?.size === 0) this.#again = undefined
    for (const batch of batches(this.#queue, this.#limits)) {
      if (packets.length >= maxPackets) break
      this.#queue = this.#queue.slice(batch.length)
      const [only] = batch
      const isAlone = batch.length === 1 && only !== undefined
      packets.push(
        isAlone ? { ...this.#number(only, nowMs), isSpent: only.isFile } : this.#contain(batch, nowMs),
      )
    }
    if (packets.length === 0) return packets
    if (this.#node.bytes > this.#limits.maxHeldBytes) this.#keepLittle()
    if (this.#unacked.size > 0) this.offerAtMs ??= nowMs + this.#offerPauseMs()
    return packets
  }

  /** Puts messages in a container: repeated ones may be old, which only the contents of a container may be. */
  #contain(batch: readonly Outgoing[], nowMs: number): OuterMessage {
    const messages = batch.map((outgoing) => this.#number(outgoing, nowMs))
    const isResponse = batch.some(({ bits }) => bits === MSG_ID_BITS.serverResponse)
    const bits = isResponse ? MSG_ID_BITS.serverResponse : MSG_ID_BITS.serverOther
    const msgId = this.#numbering.nextId(nowMs, bits)
    const body = encodeContainer(messages)
    for (const [index, message] of messages.entries()) if (batch[index]?.isFile) freeBody(message)
    const isSpent = batch.some(({ isFile }) => isFile)
    return { msgId, seqNo: this.#numbering.nextSeqNo(false), body, isSpent }
  }

  #offerPauseMs(): number {
    return this.#limits.offerAfterMs * 2 ** Math.min(this.#offers, MAX_DOUBLINGS)
  }

  #offer(nowMs: number): void {
    if (this.offerAtMs === undefined || this.offerAtMs > nowMs) return
    this.offerAtMs = undefined
    let offered = 0
    for (const outgoing of this.#unacked.values()) {
      const { message } = outgoing
      const isLate =
        message && msgIdTimeS(message.msgId, nowMs / 1000) * 1000 + this.#limits.offerAfterMs <= nowMs
      if (!isLate || offered >= MAX_OFFERS) break
      // Its length is not known any more, and it cannot be sent again.
      if (isGone(outgoing)) continue
      this.#describe(outgoing, message)
      offered += 1
    }
    this.#offers += 1
    if (this.#unacked.size > 0) this.offerAtMs = nowMs + this.#offerPauseMs()
  }

  /** Again under its own id; of what is long only that it exists. */
  #repeat(outgoing: Outgoing): void {
    const { message } = outgoing
    if (!message) return
    if (outgoing.body.length <= this.#limits.maxRepeatBytes) this.#sendAgain(outgoing)
    else this.#describe(outgoing, message)
  }

  #sendAgain(outgoing: Outgoing): void {
    this.#again ??= new Set()
    this.#again.add(outgoing)
  }

  #describe({ reqMsgId, body }: Outgoing, { msgId: answerMsgId }: InnerMessage): void {
    const info = { answerMsgId, bytes: body.length, status: 0 }
    if (reqMsgId === undefined) this.notify({ _: 'msg_new_detailed_info', ...info })
    else this.notify({ _: 'msg_detailed_info', msgId: reqMsgId, ...info })
  }

  #hold({ body, rest, bits, reqMsgId, isPush = false, isFile = false }: Kept): void {
    const kind = { contentRelated: true, bits, reqMsgId, isPush, isFile }
    const outgoing: Outgoing = { body, rest, ...kind, message: undefined }
    const length = bodyBytes(outgoing)
    this.#queue.push(outgoing)
    if (reqMsgId !== undefined) this.#answers.set(reqMsgId, outgoing)
    this.#heldBytes += length
    this.#heldMessages += 1
    if (isPush) this.#heldPushes += 1
    this.#node.bytes += length + MESSAGE_BYTES
    this.#enforceLimits()
  }

  #number(outgoing: Outgoing, nowMs: number): InnerMessage {
    if (outgoing.message) return outgoing.message
    const { body, rest, contentRelated, bits } = outgoing
    const msgId = this.#numbering.nextId(nowMs, bits)
    const message = { msgId, seqNo: this.#numbering.nextSeqNo(contentRelated), body, rest }
    outgoing.message = message
    if (contentRelated) this.#unacked.set(msgId, outgoing)
    if (outgoing.isFile) this.#empty(outgoing, message)
    return message
  }

  /** Keeps of bytes of a file only that they were sent. */
  #empty(outgoing: Outgoing, message: InnerMessage): void {
    const length = bodyBytes(outgoing)
    this.#heldBytes -= length
    this.#node.bytes -= length
    outgoing.body = NOTHING
    outgoing.rest = undefined
    outgoing.message = { ...message, body: NOTHING, rest: undefined }
  }

  /** Nobody gets this answer: a repeat of its request is run again if it asks for bytes of a file, and else told so. */
  #giveUp(outgoing: Outgoing): void {
    this.#release(outgoing)
    const { reqMsgId, isFile } = outgoing
    if (reqMsgId === undefined) return
    if (isFile) this.#forget(reqMsgId)
    else this.lose(reqMsgId)
  }

  #release(outgoing: Outgoing): void {
    const { message, reqMsgId } = outgoing
    const length = bodyBytes(outgoing)
    if (message) this.#unacked.delete(message.msgId)
    this.#again?.delete(outgoing)
    if (this.#greeting === outgoing) this.#greeting = undefined
    if (reqMsgId !== undefined && this.#answers.get(reqMsgId) === outgoing) this.#answers.delete(reqMsgId)
    this.#heldBytes -= length
    this.#heldMessages -= 1
    if (outgoing.isPush) this.#heldPushes -= 1
    this.#node.bytes -= length + MESSAGE_BYTES
    if (this.#unacked.size === 0) this.offerAtMs = undefined
  }

  /** Drops the oldest messages, so that a client that acknowledges nothing costs a limited amount. */
  #enforceLimits(): void {
    const { maxUnackedBytes, maxUnackedMessages } = this.#limits
    let hasLostPush = false
    while (this.#heldBytes > maxUnackedBytes || this.#heldMessages > maxUnackedMessages) {
      const [unacked] = this.#unacked.values()
      const oldest = unacked ?? this.#queue.find(({ contentRelated }) => contentRelated)
      if (!oldest) break
      if (!unacked) this.#queue = this.#queue.filter((one) => one !== oldest)
      this.#giveUp(oldest)
      if (oldest.isPush) hasLostPush = true
    }
    if (hasLostPush) this.#tellOfLostPushes()
  }

  /** Keeps little of what was sent: it is needed only if a connection breaks. */
  #keepLittle(): void {
    for (const outgoing of this.#unacked.values()) {
      if (this.#heldBytes <= CROWDED_BYTES) return
      this.#giveUp(outgoing)
      if (outgoing.isPush) this.#hasLostPushes = true
    }
  }
}

/** Frees the memory of a body that nobody needs any longer. */
export function freeBody({ body, rest }: Pick<InnerMessage, 'body' | 'rest'>): void {
  freeBytes(body)
  for (const piece of rest ?? []) freeBytes(piece)
}

/** Tells whether the bytes of a file have been sent, so that they are not here any more. */
function isGone({ isFile, message }: Outgoing): boolean {
  return isFile && message !== undefined
}

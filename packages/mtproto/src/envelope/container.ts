import type { MsgId } from '../machine.ts'
import { isLater } from './msg-id.ts'

/** One message, in a container or alone. */
export interface InnerMessage {
  readonly msgId: MsgId
  readonly seqNo: number
  /** With the rest of it, a multiple of four bytes. */
  readonly body: Uint8Array
  /** The end of the body, in pieces: bytes of a file, which are not copied until they are encrypted. */
  readonly rest?: readonly Uint8Array[] | undefined
}

/** The constructor id of msg_container. */
export const MSG_CONTAINER_ID = 0x73f1f8dc
/** More are not taken, nor sent. */
export const MAX_CONTAINER_MESSAGES = 1024
const MSG_COPY_ID = 0xe06046b2
const MESSAGE_ID = 0x5bb8e511
const HEAD_BYTES = 8
const COPY_HEAD_BYTES = 24
const MESSAGE_HEAD_BYTES = 16

/** The length of a body with the rest of it. */
export function bodyBytes({ body, rest }: Pick<InnerMessage, 'body' | 'rest'>): number {
  if (rest === undefined) return body.length
  return rest.reduce((sum, piece) => sum + piece.length, body.length)
}

/** Writes a body with the rest of it. @returns the place behind it */
export function writeBody(
  to: Uint8Array,
  offset: number,
  { body, rest }: Pick<InnerMessage, 'body' | 'rest'>,
): number {
  to.set(body, offset)
  let end = offset + body.length
  for (const piece of rest ?? []) {
    to.set(piece, end)
    end += piece.length
  }
  return end
}

/** The length of a container of these bodies. */
export function containerBytes(messages: readonly InnerMessage[]): number {
  return messages.reduce((sum, message) => sum + MESSAGE_HEAD_BYTES + bodyBytes(message), HEAD_BYTES)
}

/**
 * A msg_container: id, count, and each message bare (msg_id, seqno, bytes, body); no vector id.
 *
 * @param messages at most {@link MAX_CONTAINER_MESSAGES}, none of them a container
 */
export function encodeContainer(messages: readonly InnerMessage[]): Uint8Array {
  const container = new Uint8Array(containerBytes(messages))
  const view = new DataView(container.buffer)
  view.setUint32(0, MSG_CONTAINER_ID, true)
  view.setInt32(4, messages.length, true)
  let offset = HEAD_BYTES
  for (const message of messages) {
    view.setBigInt64(offset, message.msgId, true)
    view.setInt32(offset + 8, message.seqNo, true)
    view.setInt32(offset + 12, bodyBytes(message), true)
    offset = writeBody(container, offset + MESSAGE_HEAD_BYTES, message)
  }
  return container
}

/** Tells whether a message's body is a msg_container. */
export function isContainer(body: Uint8Array): boolean {
  return readConstructorId(body) === MSG_CONTAINER_ID
}

/**
 * The messages of a container, in its order; bodies are views of it.
 *
 * @param outer msg_id and seq_no of the message that the container is the body of
 * @returns undefined where the container is not valid: bad_msg_notification 64
 */
export function decodeContainer(outer: InnerMessage): InnerMessage[] | undefined {
  const { body } = outer
  const view = new DataView(body.buffer, body.byteOffset, body.length)
  const count = isContainer(body) && body.length >= HEAD_BYTES ? view.getInt32(4, true) : -1
  if (count < 0 || count > MAX_CONTAINER_MESSAGES) return undefined
  const messages: InnerMessage[] = []
  let offset = HEAD_BYTES
  for (let i = 0; i < count; i++) {
    const start = offset + MESSAGE_HEAD_BYTES
    const length = start > body.length ? -1 : view.getInt32(offset + 12, true)
    if (length < 4 || length % 4 !== 0 || start + length > body.length) return undefined
    const message = {
      msgId: view.getBigInt64(offset, true),
      seqNo: view.getInt32(offset + 8, true),
      body: body.subarray(start, start + length),
    }
    const isInside = isLater(outer.msgId, message.msgId) && message.seqNo <= outer.seqNo
    if (!isInside || isContainer(message.body)) return undefined
    messages.push(message)
    offset = start + length
  }
  return offset === body.length ? messages : undefined
}

/**
 * The message that a msg_copy wraps, or undefined where the body is none. Nobody is known to send one.
 *
 *     msg_copy 4 | message 4 | msg_id 8 | seqno 4 | bytes 4 | body
 */
export function decodeCopy(body: Uint8Array): InnerMessage | undefined {
  if (readConstructorId(body) !== MSG_COPY_ID || body.length < COPY_HEAD_BYTES + 4) return undefined
  const view = new DataView(body.buffer, body.byteOffset, body.length)
  if (view.getUint32(4, true) !== MESSAGE_ID || view.getInt32(20, true) !== body.length - COPY_HEAD_BYTES)
    return undefined
  const inner = body.subarray(COPY_HEAD_BYTES)
  return { msgId: view.getBigInt64(8, true), seqNo: view.getInt32(16, true), body: inner }
}

/** The constructor id at the start of a serialized object, unsigned; 0 if the object is too short. */
export function readConstructorId(body: Uint8Array): number {
  if (body.length < 4) return 0
  // Byte by byte: making a view takes longer than reading through it.
  return ((body[0] ?? 0) | ((body[1] ?? 0) << 8) | ((body[2] ?? 0) << 16) | ((body[3] ?? 0) << 24)) >>> 0
}

import { encodeContainer, type InnerMessage } from '../../../packages/mtproto/src/envelope/index.ts'
import { Bytes } from '../target.ts'

const MAX_BODIES = 32

/** A payload as a message's body: whole words, at least one. */
export function bodyOf(payload: Uint8Array): Uint8Array {
  if (payload.length >= 4 && payload.length % 4 === 0) return payload
  const body = new Uint8Array(Math.max(4, (payload.length + 3) & ~3))
  body.set(payload)
  return body
}

/** A payload as several bodies: the length in words stands in front of each. */
export function splitBodies(payload: Uint8Array): Uint8Array[] {
  const bytes = new Bytes(payload)
  const bodies: Uint8Array[] = []
  while (bytes.left > 0 && bodies.length < MAX_BODIES)
    bodies.push(bodyOf(bytes.take((bytes.byte() % 16) * 4)))
  return bodies
}

/** A container of them, numbered as by a client. */
export function containerOf(
  bodies: readonly Uint8Array[],
  nextMsgId: () => bigint,
  nextSeqNo: () => number,
): Uint8Array {
  const messages = bodies.map((body): InnerMessage => ({ msgId: nextMsgId(), seqNo: nextSeqNo(), body }))
  return encodeContainer(messages)
}

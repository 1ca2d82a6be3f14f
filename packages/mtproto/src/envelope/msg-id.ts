import type { MsgId } from '../machine.ts'

/** The low bits of a message id: its sender, and whether it is an answer. */
export const MSG_ID_BITS = { client: 0, serverResponse: 1, serverOther: 3 } as const

/** One of {@link MSG_ID_BITS}. */
export type MsgIdBits = (typeof MSG_ID_BITS)[keyof typeof MSG_ID_BITS]

/** A server takes packets whose ids are up to this old. */
export const MAX_AGE_S = 300
/** A server takes packets whose ids are up to this far ahead of its clock. */
export const MAX_AHEAD_S = 30

/** Seconds of an id count modulo this: 136 years. */
const ERA_S = 2 ** 32

/** The id of a message sent at this very time. */
export function msgIdAt(unixS: number, nanos: number, bits: MsgIdBits): MsgId {
  // As a number: a division of bigints takes longer than all the rest.
  const fraction = Math.floor((nanos * 2 ** 32) / 1_000_000_000)
  const low = fraction - (fraction % 4) + bits
  return BigInt.asIntN(64, (BigInt(unixS) << 32n) + BigInt(low))
}

/**
 * The id of the next message: the current time, or the next free id if the clock has not moved on.
 *
 * @param nowMs by the server's clock
 * @param last the highest id this side has used in the session
 */
export function nextMsgId(nowMs: number, last: MsgId | undefined, bits: MsgIdBits): MsgId {
  const unixS = Math.floor(nowMs / 1000)
  const nanos = Math.floor((nowMs - unixS * 1000) * 1_000_000)
  const now = msgIdAt(unixS, nanos, bits)
  if (last === undefined || isLater(now, last)) return now
  return BigInt.asIntN(64, ((last >> 2n) << 2n) + 4n + BigInt(bits))
}

/**
 * Tells whether an id comes after another one. Ids are signed on the wire: in 2038 they become negative, and in 2106 they
 * begin again, so that only their distance tells.
 */
export function isLater(id: MsgId, other: MsgId): boolean {
  return BigInt.asIntN(64, id - other) > 0n
}

/**
 * The time that a message id says it was made, in Unix seconds.
 *
 * @param nearS a time within 68 years of it; ids do not say which of the eras of 136 years is meant
 */
export function msgIdTimeS(msgId: MsgId, nearS: number): number {
  return unwrapS(Number(msgId >> 32n), nearS)
}

/** Unix seconds from the 32 bits on the wire, signed or not; never a time before 1970. */
export function unwrapS(lowS: number, nearS: number): number {
  const inEra = lowS >>> 0
  return inEra + Math.max(0, Math.round((nearS - inEra) / ERA_S)) * ERA_S
}

/** Unix seconds as a TL int: negative from 2038 on. */
export function wrapS(unixS: number): number {
  return unixS | 0
}

/** A message's seq_no: twice the content-related messages before it, and one more if it is one itself. */
export function seqNoAfter(contentRelatedBefore: number, contentRelated: boolean): number {
  return contentRelatedBefore * 2 + (contentRelated ? 1 : 0)
}

/** Tells whether the receiver of a message with this seq_no must acknowledge it. */
export function isContentRelated(seqNo: number): boolean {
  return (seqNo & 1) === 1
}

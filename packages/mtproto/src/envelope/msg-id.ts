import type { MsgId } from '../machine.ts'

/** The low bits of a message id: who sent it, and whether it answers something. */
export const MSG_ID_BITS = { client: 0, serverResponse: 1, serverOther: 3 } as const

/** One of {@link MSG_ID_BITS}. */
export type MsgIdBits = (typeof MSG_ID_BITS)[keyof typeof MSG_ID_BITS]

/** The id of a message sent at this very time. */
export function msgIdAt(unixS: number, nanos: number, bits: MsgIdBits): MsgId {
  const fraction = (BigInt(nanos) << 32n) / 1_000_000_000n
  return (BigInt(unixS) << 32n) | (fraction & ~3n) | BigInt(bits)
}

/**
 * The id of the next message: that of `nowMs`, or the next free one where the clock has not moved on.
 *
 * @param nowMs by the server's clock
 * @param last the highest id this side has used in the session
 */
export function nextMsgId(nowMs: number, last: MsgId, bits: MsgIdBits): MsgId {
  const unixS = Math.floor(nowMs / 1000)
  const nanos = Math.floor((nowMs - unixS * 1000) * 1_000_000)
  const now = msgIdAt(unixS, nanos, bits)
  return now > last ? now : ((last >> 2n) << 2n) + 4n + BigInt(bits)
}

/** When a message id says it was made, in Unix seconds. */
export function msgIdTimeS(msgId: MsgId): number {
  return Number(msgId >> 32n)
}

/** A message's seq_no: twice the content-related messages before it, and one more if it is one itself. */
export function seqNoAfter(contentRelatedBefore: number, contentRelated: boolean): number {
  return contentRelatedBefore * 2 + (contentRelated ? 1 : 0)
}

/** Whether the receiver of a message with this seq_no must acknowledge it. */
export function isContentRelated(seqNo: number): boolean {
  return (seqNo & 1) === 1
}

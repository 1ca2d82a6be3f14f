import { bodyBytes, type InnerMessage, type MsgIdBits, nextMsgId, seqNoAfter } from '../envelope/index.ts'
import type { MsgId } from '../machine.ts'

/** The highest message id used: one for each session of a client, one for all sessions of a server's node. */
export interface LastMsgId {
  value: MsgId | undefined
}

/** Gives one side's messages of a session their msg_id and seq_no, in the order they are sent. */
export class Numbering {
  readonly #last: LastMsgId
  #contentRelated = 0

  constructor(last: LastMsgId) {
    this.#last = last
  }

  /** @param nowMs by the server's clock */
  nextId(nowMs: number, bits: MsgIdBits): MsgId {
    const msgId = nextMsgId(nowMs, this.#last.value, bits)
    this.#last.value = msgId
    return msgId
  }

  nextSeqNo(contentRelated: boolean): number {
    const seqNo = seqNoAfter(this.#contentRelated, contentRelated)
    if (contentRelated) this.#contentRelated += 1
    return seqNo
  }
}

/** Splits messages into what fits one container each. */
export function batches<T extends Pick<InnerMessage, 'body' | 'rest'>>(
  messages: readonly T[],
  limits: { readonly maxContainerMessages: number; readonly maxContainerBytes: number },
): T[][] {
  const all: T[][] = []
  let batch: T[] = []
  let bytes = 0
  for (const message of messages) {
    const size = 16 + bodyBytes(message)
    const isFull = batch.length >= limits.maxContainerMessages || bytes + size > limits.maxContainerBytes
    if (isFull && batch.length > 0) {
      all.push(batch)
      batch = []
      bytes = 0
    }
    batch.push(message)
    bytes += size
  }
  if (batch.length > 0) all.push(batch)
  return all
}

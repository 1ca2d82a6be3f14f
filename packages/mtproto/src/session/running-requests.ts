import type { InnerMessage } from '../envelope/index.ts'
import type { MsgId } from '../machine.ts'

interface Running {
  readonly seqNo: number
  isAcked: boolean
  isDropped: boolean
}

/** The running requests of a session; slow ones are acknowledged before they are answered. */
export class RunningRequests {
  readonly #ackDelayMs: number
  readonly #all = new Map<MsgId, Running>()
  /** Those that may have to be acknowledged by themselves, the earliest first. */
  #ackQueue: { readonly msgId: MsgId; readonly dueMs: number }[] = []

  constructor(ackDelayMs: number) {
    this.#ackDelayMs = ackDelayMs
  }

  get size(): number {
    return this.#all.size
  }

  /** When to acknowledge the first of them. */
  get ackAtMs(): number | undefined {
    return this.#ackQueue[0]?.dueMs
  }

  start({ msgId, seqNo }: InnerMessage, nowMs: number): void {
    this.#all.set(msgId, { seqNo, isAcked: false, isDropped: false })
    this.#ackQueue.push({ msgId, dueMs: nowMs + this.#ackDelayMs })
  }

  /** Ends a request; undefined if it was not running. Tells whether its answer is still wanted. */
  finish(msgId: MsgId): { readonly seqNo: number; readonly isDropped: boolean } | undefined {
    const request = this.#all.get(msgId)
    this.#all.delete(msgId)
    return request
  }

  /** Drops the answer of a running request. False if it is not running. */
  drop(msgId: MsgId): boolean {
    const request = this.#all.get(msgId)
    if (request) request.isDropped = true
    return request !== undefined
  }

  /** Those to acknowledge now. */
  takeLate(nowMs: number): MsgId[] {
    const late: MsgId[] = []
    let done = 0
    for (const { msgId, dueMs } of this.#ackQueue) {
      const request = this.#all.get(msgId)
      const isOpen = request !== undefined && !request.isAcked
      if (isOpen && dueMs > nowMs) break
      if (isOpen) {
        request.isAcked = true
        late.push(msgId)
      }
      done += 1
    }
    if (done > 0) this.#ackQueue = this.#ackQueue.slice(done)
    return late
  }
}

import type { MsgId } from '../machine.ts'

/** A message that does not come is asked for again when it is offered again, but not sooner than this. */
const RETRY_MS = 10_000

/** Messages of the server that a client lacks and asks for with msg_resend_req: a limited number, each once in a while. */
export class WantedMessages {
  readonly #max: number
  /** When each was asked for. */
  readonly #askedMs = new Map<MsgId, number>()
  #unasked: MsgId[] = []

  constructor(max: number) {
    this.#max = max
  }

  /** It is to be asked for. Beyond the limit it is not: the server offers it again. */
  want(msgId: MsgId, nowMs: number): void {
    const askedMs = this.#askedMs.get(msgId)
    const isWanted = askedMs === undefined ? this.#askedMs.size < this.#max : askedMs + RETRY_MS <= nowMs
    if (!isWanted) return
    this.#askedMs.set(msgId, nowMs)
    this.#unasked.push(msgId)
  }

  /** It has come. */
  onReceived(msgId: MsgId): void {
    this.#askedMs.delete(msgId)
  }

  /** Takes the ids to ask for now. */
  take(): MsgId[] {
    const msgIds = this.#unasked
    this.#unasked = []
    return msgIds
  }

  /** On another connection, or in another session: the server offers what it has. */
  clear(): void {
    this.#askedMs.clear()
    this.#unasked = []
  }
}

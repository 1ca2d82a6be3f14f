/** Tokens that a server may still send; those of packets it never does are forgotten in their order. */
const MAX_AWAITED = 256

/** Which calls went out in the packets of a connection that are to be acknowledged quickly. */
export class QuickAcks {
  readonly #awaited = new Map<number, readonly number[]>()

  await(token: number, callIds: readonly number[]): void {
    this.#awaited.set(token, callIds)
    if (this.#awaited.size <= MAX_AWAITED) return
    const [oldest] = this.#awaited.keys()
    if (oldest !== undefined) this.#awaited.delete(oldest)
  }

  /** Takes the calls of a token, once; none for an unknown token. */
  take(token: number): readonly number[] {
    const callIds = this.#awaited.get(token) ?? []
    this.#awaited.delete(token)
    return callIds
  }
}

import type { HttpWait } from './http-hold.ts'

/** How long the server may hold the answer to a request: the one that listens, and one beside it. */
const LISTEN_MS = 25_000
const ANSWER_WAIT_MS = 1_000

/** A client's requests over HTTP: there is to be one that the server can answer with news. */
export class HttpListening {
  /** Requests without their answer. */
  #held = 0

  onAnswered(): void {
    this.#held = Math.max(this.#held - 1, 0)
  }

  onSent(requests: number): void {
    this.#held += requests
  }

  /** None of them will be answered any more. */
  onReopened(): void {
    this.#held = 0
  }

  /**
   * What the next request is to say; undefined where none is needed.
   *
   * @param isDue there is something to send
   * @param listens there is something to wait for
   */
  nextWait(isDue: boolean, listens: boolean): HttpWait | undefined {
    const isFirst = this.#held === 0
    if (!isDue && !(isFirst && listens)) return undefined
    return { maxDelay: 0, waitAfter: 0, maxWait: isFirst && listens ? LISTEN_MS : ANSWER_WAIT_MS }
  }
}

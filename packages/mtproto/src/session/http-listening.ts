import type { HttpWait } from './http-hold.ts'

/** The longest time that the server may hold a request: one that listens, and any other. */
const LISTEN_MS = 25_000
const ANSWER_WAIT_MS = 1_000

/** A client's requests over HTTP: the server always holds one that it can answer with news. */
export class HttpListening {
  /** Requests without their answer. */
  #held = 0

  onAnswered(): void {
    this.#held = Math.max(this.#held - 1, 0)
  }

  onSent(requests: number): void {
    this.#held += requests
  }

  /** Forgets all held requests: they will not be answered. */
  onReopened(): void {
    this.#held = 0
  }

  /**
   * The http_wait of the next request; undefined if no request is needed.
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

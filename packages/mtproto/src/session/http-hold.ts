/** http_wait: how long the answer to a request over HTTP may wait for messages. */
export interface HttpWait {
  readonly maxDelay: number
  readonly waitAfter: number
  readonly maxWait: number
}

/** Of a request that does not say. */
const DEFAULT_WAIT: HttpWait = { maxDelay: 0, waitAfter: 0, maxWait: 25_000 }
/** Upper limit for any request: proxies in between give up on longer ones. */
const LONGEST_MS = 60_000

/**
 * A request over HTTP whose answer is held until there are messages to send with it.
 *
 * @see protocol.md section 6, http_wait
 */
export class HttpHold<Session> {
  /** Whose messages may go out with the answer; undefined until the request has been read. */
  session: Session | undefined
  readonly #sinceMs: number
  #wait: HttpWait = DEFAULT_WAIT
  #news = 0
  /** When the first and the last of the news came. */
  #firstMs = 0
  #lastMs = 0

  constructor(nowMs: number) {
    this.#sinceMs = nowMs
  }

  /** The request says how long. */
  setWait(wait: HttpWait): void {
    this.#wait = {
      maxDelay: bounded(wait.maxDelay),
      waitAfter: bounded(wait.waitAfter),
      maxWait: bounded(wait.maxWait),
    }
  }

  /** The latest time to answer, with this many messages waiting to be sent. */
  dueAtMs(news: number, nowMs: number): number {
    if (this.#news === 0 && news > 0) this.#firstMs = nowMs
    if (news > this.#news) this.#lastMs = nowMs
    this.#news = news
    const { maxDelay, waitAfter, maxWait } = this.#wait
    const endMs = this.#sinceMs + maxWait
    if (news === 0) return endMs
    return Math.min(endMs, this.#firstMs + maxDelay, this.#lastMs + waitAfter)
  }
}

function bounded(ms: number): number {
  return Math.min(Math.max(ms, 0), LONGEST_MS)
}

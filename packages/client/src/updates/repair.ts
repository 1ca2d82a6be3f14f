/** Pauses between attempts that failed, in milliseconds: the last one is repeated. */
export const PAUSES_MS: readonly number[] = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000]

/** Differences that may leave a gap open: events of after them are on their way. */
const MAX_FRUITLESS = 3

/** When to ask for what is missing in a counter, and whether somebody has. */
export class Repair {
  isAsking = false
  /** Attempts that failed since the last answer. */
  failures = 0
  /** Requests in a row whose answers led nowhere. */
  standstills = 0
  /** Differences in a row that did not close a gap. */
  #fruitless = 0
  #gapAtMs: number | undefined
  #mustAtMs: number | undefined
  #blockedUntilMs = 0

  /** When to ask next; undefined: nothing is missing, or it has been asked for. */
  get atMs(): number | undefined {
    if (this.isAsking) return undefined
    const wanted = earlier(this.#gapAtMs, this.#mustAtMs)
    return wanted === undefined ? undefined : Math.max(wanted, this.#blockedUntilMs)
  }

  /** Something is missing, or is asked for. */
  get isNeeded(): boolean {
    return this.isAsking || this.#gapAtMs !== undefined || this.#mustAtMs !== undefined
  }

  /** Events are ahead: the missing ones may still come by themselves until then. */
  onGap(atMs: number): void {
    this.#gapAtMs ??= atMs
  }

  /** The missing events have come by themselves. */
  onClosed(): void {
    this.#gapAtMs = undefined
  }

  /** Asks at that time, whatever comes. */
  mustAsk(atMs: number): void {
    this.#mustAtMs = earlier(this.#mustAtMs, atMs)
  }

  /**
   * A difference is there, and everything is told that it allows.
   *
   * @param hasGap events still wait for others
   * @returns whether to give the missing ones up: the server was asked several times
   */
  isFruitless(hasGap: boolean): boolean {
    this.#fruitless = hasGap ? this.#fruitless + 1 : 0
    if (this.#fruitless < MAX_FRUITLESS) return false
    this.#fruitless = 0
    return true
  }

  onAsked(): void {
    this.isAsking = true
    this.#gapAtMs = undefined
    this.#mustAtMs = undefined
  }

  onAnswered(): void {
    this.isAsking = false
    this.failures = 0
  }

  /** Repeats the request later. @returns how long to wait */
  onFailed(nowMs: number, waitMs?: number): number {
    this.isAsking = false
    const pauseMs = PAUSES_MS[Math.min(this.failures, PAUSES_MS.length - 1)] ?? 0
    this.failures += 1
    const waitedMs = waitMs ?? pauseMs
    this.#blockedUntilMs = nowMs + waitedMs
    this.#mustAtMs = nowMs
    return waitedMs
  }
}

function earlier(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined) return other
  return other === undefined ? one : Math.min(one, other)
}

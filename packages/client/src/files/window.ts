/** Bounds of a window. */
export interface WindowLimits {
  /** Bytes that are on their way at first, and at most. */
  readonly startBytes: number
  readonly maxBytes: number
  /** Parts that are on their way at most, however small. */
  readonly maxParts: number
  /** Without progress for so long, everything on its way is sent again; the pause doubles each time, up to the second. */
  readonly stallMs: number
  readonly maxStallMs: number
  /** Stalls, and waits that the server asks for, one after the other without progress; one more fails the transfer. */
  readonly maxStalls: number
  readonly maxFloods: number
  /** Failures of one part; one more fails the transfer. Each is followed by a pause that doubles. */
  readonly maxFailures: number
  readonly pauseMs: number
  readonly maxPauseMs: number
}

const MIB = 1024 * 1024

/** The limits that a window has unless told otherwise. */
export const WINDOW_LIMITS: WindowLimits = {
  startBytes: MIB,
  maxBytes: 4 * MIB,
  maxParts: 32,
  stallMs: 15_000,
  maxStallMs: 120_000,
  maxStalls: 8,
  maxFloods: 100,
  maxFailures: 5,
  pauseMs: 500,
  maxPauseMs: 30_000,
}

/** A round trip below this is never called slow: on such a wire the figures are noise. */
const FAST_MS = 100
/** A round trip holds as long as it is below so many times the quickest. */
const HOLD_SHARE = 1.5

/** Everything that happens to the parts of a transfer. */
export type WindowInput =
  | { readonly kind: 'begin' }
  /** A part that was started is on the wire. Until then it waits for its bytes, which may take any time. */
  | { readonly kind: 'sent'; readonly part: number }
  /** The number of parts, once it is known. Parts from there on do not exist. */
  | { readonly kind: 'count'; readonly count: number }
  /** A part has arrived. It counts as held until it is taken. */
  | { readonly kind: 'done'; readonly part: number; readonly bytes: number }
  /** Its bytes are no longer in memory. */
  | { readonly kind: 'taken'; readonly part: number }
  /** The server asks for a pause; the part goes again after it. */
  | { readonly kind: 'flood'; readonly part: number; readonly waitMs: number }
  /** The part has failed in a way that may pass, or (`isMended`) that has been mended: then it goes at once. */
  | { readonly kind: 'again'; readonly part: number; readonly isMended: boolean }
  /** The server has lost parts that had arrived. */
  | { readonly kind: 'missing'; readonly parts: readonly number[] }
  | { readonly kind: 'wake' }

/** Everything that a window asks for. */
export type WindowOutput =
  | { readonly kind: 'start'; readonly part: number }
  /** Gives up an attempt; if the part still exists it is started again. */
  | { readonly kind: 'drop'; readonly part: number }
  | { readonly kind: 'progress'; readonly doneBytes: number }
  /** Nothing starts for so long. */
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'finished' }
  /** `part` has failed too often; undefined: nothing has moved for `idleMs`. */
  | { readonly kind: 'failed'; readonly part: number | undefined; readonly idleMs: number }

/** Parts of a window. */
export interface WindowSetup {
  readonly partBytes: number
  /** Undefined: not known yet. */
  readonly count: number | undefined
  /** Parts that have arrived in an earlier run, and their bytes. */
  readonly done?: Iterable<number>
  readonly doneBytes?: number
  /** Fails when nothing of what was sent has moved for so long, pauses that the server asks for aside. Default: see `maxStalls`. */
  readonly timeoutMs?: number | undefined
  readonly limits?: Partial<WindowLimits>
}

/**
 * Decides which parts of a file are on their way, by their bytes: the number grows while the round trip holds, and halves
 * when nothing moves. It knows neither the bytes nor the calls, and reads no clock.
 */
export class TransferWindow {
  readonly #limits: WindowLimits
  readonly #partBytes: number
  readonly #done: Set<number>
  /** Parts that were started; on the wire since then. */
  readonly #flying = new Map<number, number | undefined>()
  /** Parts that go again, in order. */
  readonly #again = new Set<number>()
  /** Parts that have arrived, and are still in memory. */
  readonly #held = new Set<number>()
  /** Parts whose reader was quicker than the news that they have arrived. */
  readonly #takenEarly = new Set<number>()
  readonly #failures = new Map<number, number>()
  /** Times that what kept a part from moving was mended: a connection that fails takes none of these. */
  readonly #mends = new Map<number, number>()
  #count: number | undefined
  #next = 0
  #windowBytes: number
  #doneBytes: number
  #toldBytes: number
  #pausedUntilMs = Number.NEGATIVE_INFINITY
  #seenMs = 0
  /** When something has moved last, or begun to. */
  #movedAtMs = 0
  readonly #timeoutMs: number
  /** Since when nothing has arrived, as far as that is not the source's or the server's wish. */
  #idleSinceMs = 0
  #stalls = 0
  #floods = 0
  /** Arrivals since the window was last looked at. */
  #round = { parts: 0, tripsMs: 0 }
  #quickestMs = Number.POSITIVE_INFINITY
  #state: 'idle' | 'running' | 'finished' | 'failed' = 'idle'

  constructor({ partBytes, count, done = [], doneBytes = 0, timeoutMs, limits }: WindowSetup) {
    this.#timeoutMs = timeoutMs ?? Number.POSITIVE_INFINITY
    this.#limits = { ...WINDOW_LIMITS, ...limits }
    this.#partBytes = partBytes
    this.#count = count
    this.#done = new Set(done)
    this.#doneBytes = doneBytes
    this.#toldBytes = doneBytes
    this.#windowBytes = Math.max(partBytes, this.#limits.startBytes)
  }

  /** Bytes that may be on their way, at present. */
  get windowBytes(): number {
    return this.#windowBytes
  }

  /** When time alone makes it do something. */
  get wakeAtMs(): number | undefined {
    if (this.#state !== 'running') return undefined
    const isPaused = this.#pausedUntilMs > this.#seenMs
    const goesOnAtMs = isPaused ? this.#pausedUntilMs : Number.POSITIVE_INFINITY
    const stallsAtMs = this.#isAnySent() ? this.#stallAtMs() : Number.POSITIVE_INFINITY
    const atMs = Math.min(goesOnAtMs, stallsAtMs, this.#timesOutAtMs())
    return atMs === Number.POSITIVE_INFINITY ? undefined : atMs
  }

  /** Takes what has happened, and says what to do about it. */
  step(input: WindowInput, nowMs: number): WindowOutput[] {
    if (this.#state === 'failed') return []
    if (this.#state === 'idle' && input.kind !== 'begin') return []
    const outputs: WindowOutput[] = []
    this.#seenMs = nowMs
    this.#take(input, nowMs, outputs)
    if (!this.#hasFailed()) this.#goOn(nowMs, outputs)
    return outputs
  }

  /** The state may change within a step. */
  #hasFailed(): boolean {
    return this.#state === 'failed'
  }

  #take(input: WindowInput, nowMs: number, outputs: WindowOutput[]): void {
    switch (input.kind) {
      case 'begin':
        this.#state = 'running'
        this.#movedAtMs = nowMs
        this.#idleSinceMs = nowMs
        break
      case 'sent':
        this.#onSent(input.part, nowMs)
        break
      case 'count':
        this.#onCount(input.count, outputs)
        break
      case 'done':
        this.#onDone(input.part, input.bytes, nowMs, outputs)
        break
      case 'taken':
        if (!this.#held.delete(input.part) && this.#flying.has(input.part)) this.#takenEarly.add(input.part)
        break
      case 'flood':
        this.#onFlood(input.part, input.waitMs, nowMs, outputs)
        break
      case 'again':
        this.#onAgain(input.part, input.isMended, nowMs, outputs)
        break
      case 'missing':
        this.#onMissing(input.parts, nowMs)
        break
      case 'wake':
        if (nowMs >= this.#timesOutAtMs()) this.#fail(undefined, nowMs, outputs)
        else if (this.#isAnySent() && nowMs >= this.#stallAtMs()) this.#onStall(nowMs, outputs)
        break
    }
  }

  #onSent(part: number, nowMs: number): void {
    if (!this.#flying.has(part)) return
    if (!this.#isAnySent()) {
      this.#movedAtMs = nowMs
      // Until now it waited for the source, unless it goes again.
      if (!this.#isInTrouble()) this.#idleSinceMs = Math.max(nowMs, this.#idleSinceMs)
    }
    this.#flying.set(part, nowMs)
  }

  #isAnySent(): boolean {
    return [...this.#flying.values()].some((sentAtMs) => sentAtMs !== undefined)
  }

  #onCount(count: number, outputs: WindowOutput[]): void {
    this.#count = Math.min(count, this.#count ?? count)
    for (const part of this.#flying.keys()) {
      if (part >= this.#count) this.#giveUp(part, outputs)
    }
    for (const part of this.#again) {
      if (part >= this.#count) this.#again.delete(part)
    }
  }

  #onDone(part: number, bytes: number, nowMs: number, outputs: WindowOutput[]): void {
    if (!this.#flying.has(part)) return
    const sentAtMs = this.#flying.get(part) ?? nowMs
    this.#flying.delete(part)
    this.#failures.delete(part)
    this.#mends.delete(part)
    this.#done.add(part)
    if (!this.#takenEarly.delete(part)) this.#held.add(part)
    this.#doneBytes += bytes
    this.#movedAtMs = nowMs
    // A pause that the server has asked for may still last.
    this.#idleSinceMs = Math.max(nowMs, this.#idleSinceMs)
    this.#stalls = 0
    this.#floods = 0
    this.#measure(nowMs - sentAtMs)
    if (this.#doneBytes > this.#toldBytes) {
      this.#toldBytes = this.#doneBytes
      outputs.push({ kind: 'progress', doneBytes: this.#doneBytes })
    }
  }

  /** Looks at the round trip once a whole window has gone by. */
  #measure(tripMs: number): void {
    this.#round.parts += 1
    this.#round.tripsMs += tripMs
    if (this.#round.parts * this.#partBytes < this.#windowBytes) return
    const meanMs = this.#round.tripsMs / this.#round.parts
    this.#round = { parts: 0, tripsMs: 0 }
    this.#quickestMs = Math.min(this.#quickestMs, meanMs)
    if (meanMs > Math.max(FAST_MS, this.#quickestMs * HOLD_SHARE)) return
    const most = Math.max(this.#partBytes, this.#limits.maxBytes)
    this.#windowBytes = Math.min(this.#windowBytes * 2, most)
  }

  #onFlood(part: number, waitMs: number, nowMs: number, outputs: WindowOutput[]): void {
    if (!this.#flying.delete(part)) return
    this.#again.add(part)
    this.#movedAtMs = nowMs
    const untilMs = nowMs + waitMs
    // Parts that were on their way together are refused together: one wait.
    if (untilMs <= this.#pausedUntilMs) return
    if (this.#pausedUntilMs <= nowMs) this.#floods += 1
    this.#pausedUntilMs = untilMs
    this.#idleSinceMs = untilMs
    if (this.#floods > this.#limits.maxFloods) this.#fail(part, nowMs, outputs)
    else outputs.push({ kind: 'wait', waitMs })
  }

  #onAgain(part: number, isMended: boolean, nowMs: number, outputs: WindowOutput[]): void {
    if (!this.#flying.delete(part)) return
    this.#again.add(part)
    this.#movedAtMs = nowMs
    const counts = isMended ? this.#mends : this.#failures
    const failures = (counts.get(part) ?? 0) + 1
    counts.set(part, failures)
    if (failures > this.#limits.maxFailures) {
      this.#fail(part, nowMs, outputs)
      return
    }
    if (isMended) return
    const pauseMs = Math.min(this.#limits.pauseMs * 2 ** (failures - 1), this.#limits.maxPauseMs)
    // Parts that fail together are told of once.
    if (this.#pausedUntilMs <= nowMs) outputs.push({ kind: 'wait', waitMs: pauseMs })
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + pauseMs)
  }

  /** The bytes are not counted a second time. */
  #onMissing(parts: readonly number[], nowMs: number): void {
    for (const part of parts) {
      if (!this.#done.delete(part)) continue
      this.#again.add(part)
      this.#doneBytes -= this.#partBytes
    }
    if (this.#again.size > 0) this.#state = 'running'
    this.#movedAtMs = nowMs
    this.#idleSinceMs = nowMs
  }

  #onStall(nowMs: number, outputs: WindowOutput[]): void {
    this.#stalls += 1
    this.#movedAtMs = nowMs
    this.#windowBytes = Math.max(this.#partBytes, this.#windowBytes / 2)
    this.#round = { parts: 0, tripsMs: 0 }
    for (const [part, sentAtMs] of [...this.#flying]) {
      if (sentAtMs === undefined) continue
      this.#giveUp(part, outputs)
      this.#again.add(part)
    }
    if (this.#stalls > this.#limits.maxStalls) this.#fail(undefined, nowMs, outputs)
  }

  #stallAtMs(): number {
    const { stallMs, maxStallMs } = this.#limits
    return this.#movedAtMs + Math.min(stallMs * 2 ** this.#stalls, maxStallMs)
  }

  /** A source may take its time; a part that was sent, or that goes again, may not. */
  #timesOutAtMs(): number {
    const isWaiting = this.#isAnySent() || this.#isInTrouble()
    return isWaiting ? this.#idleSinceMs + this.#timeoutMs : Number.POSITIVE_INFINITY
  }

  #isInTrouble(): boolean {
    return this.#stalls > 0 || this.#failures.size > 0 || this.#mends.size > 0
  }

  #giveUp(part: number, outputs: WindowOutput[]): void {
    this.#flying.delete(part)
    outputs.push({ kind: 'drop', part })
  }

  #fail(part: number | undefined, nowMs: number, outputs: WindowOutput[]): void {
    this.#state = 'failed'
    for (const flying of [...this.#flying.keys()]) this.#giveUp(flying, outputs)
    outputs.push({ kind: 'failed', part, idleMs: nowMs - this.#idleSinceMs })
  }

  #goOn(nowMs: number, outputs: WindowOutput[]): void {
    if (this.#state !== 'running') return
    if (nowMs >= this.#pausedUntilMs) {
      this.#startAgain(outputs)
      this.#startNew(outputs)
    }
    if (this.#flying.size > 0 || this.#again.size > 0) return
    if (this.#count === undefined || this.#done.size < this.#count) return
    this.#state = 'finished'
    outputs.push({ kind: 'finished' })
  }

  /** Parts that others may wait for go first. */
  #startAgain(outputs: WindowOutput[]): void {
    for (const part of [...this.#again].sort((a, b) => a - b)) {
      if (!this.#hasRoom(this.#flying.size)) return
      this.#again.delete(part)
      this.#start(part, outputs)
    }
  }

  /** What waits in memory takes room, so that no reader of the parts has more before it than a window. */
  #startNew(outputs: WindowOutput[]): void {
    for (;;) {
      while (this.#done.has(this.#next)) this.#next += 1
      if (this.#count !== undefined && this.#next >= this.#count) return
      if (!this.#hasRoom(this.#flying.size + this.#again.size + this.#held.size)) return
      this.#start(this.#next, outputs)
      this.#next += 1
    }
  }

  #hasRoom(parts: number): boolean {
    const fits = (parts + 1) * this.#partBytes <= this.#windowBytes
    return parts === 0 || (fits && parts < this.#limits.maxParts)
  }

  #start(part: number, outputs: WindowOutput[]): void {
    this.#flying.set(part, undefined)
    outputs.push({ kind: 'start', part })
  }
}

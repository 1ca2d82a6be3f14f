import { type Profiler, Session } from 'node:inspector'

/** V8's own precise block coverage, of the packages' code only. */
export class Coverage {
  readonly #session = new Session()
  /** By script: 1 for every character of its source that has run. */
  readonly #reached = new Map<string, Uint8Array>()

  constructor() {
    this.#session.connect()
    this.#post('Profiler.enable')
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** Forgets what has run since the last look, without counting it as reached. */
  skip(): void {
    this.#post('Profiler.takePreciseCoverage')
  }

  /** The number of characters of source that ran since the last look for the first time. */
  take(): number {
    return this.#look(true)
  }

  /** The same, but they stay new for the next look. */
  peek(): number {
    return this.#look(false)
  }

  close(): void {
    this.#session.disconnect()
  }

  #look(isKept: boolean): number {
    const { result } = this.#post<Profiler.TakePreciseCoverageReturnType>('Profiler.takePreciseCoverage')
    let found = 0
    for (const { url, functions } of result) {
      if (!url.includes('/packages/')) continue
      for (const { ranges } of functions) if (ranges[0]?.count) found += this.#add(url, ranges, isKept)
    }
    return found
  }

  /** Ranges are nested, the outer first: the count of an inner one overrides. */
  #add(url: string, ranges: readonly Profiler.CoverageRange[], isKept: boolean): number {
    const start = ranges[0]?.startOffset ?? 0
    const end = ranges[0]?.endOffset ?? 0
    const ran = new Uint8Array(end - start)
    for (const { startOffset, endOffset, count } of ranges)
      ran.fill(count > 0 ? 1 : 0, startOffset - start, endOffset - start)
    const known = this.#known(url, end)
    let found = 0
    for (let i = 0; i < ran.length; i++) {
      if (ran[i] === 0 || known[start + i] === 1) continue
      found += 1
      if (isKept) known[start + i] = 1
    }
    return found
  }

  #known(url: string, length: number): Uint8Array {
    const known = this.#reached.get(url) ?? new Uint8Array(0)
    if (known.length >= length) return known
    const grown = new Uint8Array(length * 2)
    grown.set(known)
    this.#reached.set(url, grown)
    return grown
  }

  /** With the inspector in our own thread, posting answers before it returns. */
  #post<T>(method: string, params: object = {}): T {
    let answer: T | undefined
    let failure: Error | null = null
    this.#session.post(method, params, (error, result) => {
      failure = error
      answer = result as T
    })
    if (failure) throw failure
    return answer as T
  }
}

import { TransportError } from '../errors.ts'

interface Window {
  readonly endsAtMs: number
  count: number
}

/** Networks that are remembered; the one whose window began first is forgotten first. */
const MAX_NETWORKS = 100_000

/** Counts what is begun from each network, in windows that begin with the first of it. */
export class NetworkBudget {
  readonly #max: number
  readonly #windowMs: number
  readonly #windows = new Map<string, Window>()

  constructor(max: number, windowMs: number) {
    this.#max = max
    this.#windowMs = windowMs
  }

  /** @throws TransportError -429 where the network has begun too much */
  charge(network: string, nowMs: number): void {
    if (this.#max === Number.POSITIVE_INFINITY) return
    for (const [name, { endsAtMs }] of this.#windows) {
      if (endsAtMs > nowMs && this.#windows.size <= MAX_NETWORKS) break
      this.#windows.delete(name)
    }
    const window = this.#windows.get(network) ?? { endsAtMs: nowMs + this.#windowMs, count: 0 }
    this.#windows.set(network, window)
    if (window.count >= this.#max) throw new TransportError(-429)
    window.count += 1
  }
}

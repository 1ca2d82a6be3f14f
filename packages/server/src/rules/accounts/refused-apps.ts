import type { Clock } from '../../ground/clock.ts'
import type { Notices, RefusedClaim } from '../../ground/ground.ts'

/** An app that wanted to sign somebody in and is not registered, or not with this api_hash. */
export interface RefusedApp {
  readonly apiId: number
  /** The one it came with last; empty if that cannot be an api_hash. */
  readonly apiHash: string
  readonly reason: 'unknown' | 'otherHash'
  readonly times: number
  readonly lastAtS: number
}

/** Anybody can send api_ids without end. */
const MAX_REFUSED = 100
const API_HASH = /^[0-9a-f]{32}$/

/**
 * The apps that were refused since the start, in memory: the operator may want to let one in. Each is reported once, while
 * there is room.
 */
export class RefusedApps {
  readonly #apps = new Map<number, RefusedApp>()
  readonly #clock: Clock
  readonly #onNew: Notices['onNewAppRefused']

  constructor({ clock, onNewAppRefused }: { readonly clock: Clock } & Pick<Notices, 'onNewAppRefused'>) {
    this.#clock = clock
    this.#onNew = onNewAppRefused
  }

  note({ apiId, apiHash, reason }: RefusedClaim): void {
    const known = this.#apps.get(apiId)
    // In the order of the last refusal.
    this.#apps.delete(apiId)
    const [oldest] = this.#apps.keys()
    if (oldest !== undefined && this.#apps.size >= MAX_REFUSED) this.#apps.delete(oldest)
    else if (known === undefined) this.#onNew?.({ apiId, reason })
    this.#apps.set(apiId, {
      apiId,
      apiHash: API_HASH.test(apiHash) ? apiHash : '',
      reason,
      times: (known?.times ?? 0) + 1,
      lastAtS: Math.floor(this.#clock.nowMs() / 1000),
    })
  }

  /** The app refused last comes first. */
  list(): RefusedApp[] {
    return [...this.#apps.values()].reverse()
  }

  find(apiId: number): RefusedApp | undefined {
    return this.#apps.get(apiId)
  }

  /** Forgets an app that was let in. */
  forget(apiId: number): void {
    this.#apps.delete(apiId)
  }
}

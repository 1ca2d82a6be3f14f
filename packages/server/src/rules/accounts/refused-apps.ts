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

/** The apps that were refused since the start: the operator may want to let one in. */
export interface RefusedApps {
  note(refused: RefusedClaim): void
  /** The one refused last comes first. */
  list(): RefusedApp[]
  find(apiId: number): RefusedApp | undefined
  /** It was let in. */
  forget(apiId: number): void
}

/** Anybody can send api_ids without end. */
const MAX_REFUSED = 100
const API_HASH = /^[0-9a-f]{32}$/

/** Keeps the apps that were refused, in memory; reports each one once, while there is room. */
export function createRefusedApps({
  clock,
  onNewAppRefused,
}: { readonly clock: Clock } & Pick<Notices, 'onNewAppRefused'>): RefusedApps {
  const apps = new Map<number, RefusedApp>()
  return {
    note({ apiId, apiHash, reason }) {
      const known = apps.get(apiId)
      // In the order of the last refusal.
      apps.delete(apiId)
      const [oldest] = apps.keys()
      if (oldest !== undefined && apps.size >= MAX_REFUSED) apps.delete(oldest)
      else if (known === undefined) onNewAppRefused?.({ apiId, reason })
      apps.set(apiId, {
        apiId,
        apiHash: API_HASH.test(apiHash) ? apiHash : '',
        reason,
        times: (known?.times ?? 0) + 1,
        lastAtS: Math.floor(clock.nowMs() / 1000),
      })
    },
    list: () => [...apps.values()].reverse(),
    find: (apiId) => apps.get(apiId),
    forget: (apiId) => {
      apps.delete(apiId)
    },
  }
}

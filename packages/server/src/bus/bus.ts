/**
 * The bus: news of what has changed, between the parts of a server and between its nodes. It carries nudges and no
 * content; subscribers read the store. `docs/adr/0035-nudges.md` says why.
 */
import type { Nudge } from './nudge.ts'

/** Publish and subscribe; a listener that throws does not keep the others from hearing. */
export interface Bus {
  /** Tells the subscribers of this node before it returns, and those of other nodes soon. */
  publish(nudges: readonly Nudge[]): void
  /** @returns the function that ends the subscription */
  subscribe(listener: (nudge: Nudge) => void): () => void
  health(): BusHealth
  close(): Promise<void>
}

/** The state of a bus. */
export type BusHealth =
  /** There is one node. */
  | { readonly kind: 'inProcess' }
  /** Nothing tells this node of what others do: it looks at the store every two seconds. */
  | { readonly kind: 'polling' }
  /** `trouble`: the reason why nudges may be lost, so that this node polls as well. */
  | { readonly kind: 'redis'; readonly trouble: string | undefined }

/**
 * The bus of a single node. Listeners run in the order they subscribed, before `publish` returns.
 *
 * @param onListenerError called with the errors of listeners
 */
export function createBus(onListenerError: (error: unknown) => void = () => {}): Bus {
  const listeners = new Set<(nudge: Nudge) => void>()

  function tell(listener: (nudge: Nudge) => void, nudge: Nudge): void {
    try {
      listener(nudge)
    } catch (error) {
      onListenerError(error)
    }
  }

  return {
    publish(nudges) {
      for (const nudge of nudges) for (const listener of [...listeners]) tell(listener, nudge)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    health: () => ({ kind: 'inProcess' }),
    async close() {},
  }
}

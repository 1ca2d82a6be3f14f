/**
 * The bus: news of what has changed, between the parts of a server and between its nodes. It carries nudges and no
 * content; subscribers read the store. `docs/adr/0035-nudges.md` says why.
 */
import type { BoxEvent } from '../rules/messages/words.ts'
import type { Nudge } from './nudge.ts'

/** Events with content, which nudges replace. */
export interface BusEvents {
  /** Something all sessions of a user are told, but the one of `exceptAuthKeyId`. */
  readonly userUpdate: {
    readonly userId: bigint
    readonly exceptAuthKeyId?: bigint
    readonly update: BoxEvent
  }
}

/** Publish and subscribe; a listener that throws does not keep the others from hearing. */
export interface Bus {
  /** Tells the subscribers of this node before it returns, and those of other nodes soon. */
  publish(nudges: readonly Nudge[]): void
  publish<T extends keyof BusEvents>(topic: T, event: BusEvents[T]): void
  /** @returns the function that ends the subscription */
  subscribe(listener: (nudge: Nudge) => void): () => void
  subscribe<T extends keyof BusEvents>(topic: T, listener: (event: BusEvents[T]) => void): () => void
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
 * @param onListenerError told of what a listener threw
 */
export function createBus(onListenerError: (error: unknown) => void = () => {}): Bus {
  return new LocalBus(onListenerError)
}

class LocalBus implements Bus {
  readonly #onListenerError: (error: unknown) => void
  readonly #listeners = new Set<(nudge: Nudge) => void>()
  readonly #topics: { [T in keyof BusEvents]: Set<(event: BusEvents[T]) => void> } = {
    userUpdate: new Set(),
  }

  constructor(onListenerError: (error: unknown) => void) {
    this.#onListenerError = onListenerError
  }

  publish(nudges: readonly Nudge[]): void
  publish<T extends keyof BusEvents>(topic: T, event: BusEvents[T]): void
  publish<T extends keyof BusEvents>(what: readonly Nudge[] | T, event?: BusEvents[T]): void {
    if (typeof what !== 'string') for (const nudge of what) this.#tell(this.#listeners, nudge)
    else if (event !== undefined) this.#tell(this.#topics[what], event)
  }

  subscribe(listener: (nudge: Nudge) => void): () => void
  subscribe<T extends keyof BusEvents>(topic: T, listener: (event: BusEvents[T]) => void): () => void
  subscribe<T extends keyof BusEvents>(
    what: ((nudge: Nudge) => void) | T,
    listener: (event: BusEvents[T]) => void = () => {},
  ): () => void {
    return typeof what === 'string' ? added(this.#topics[what], listener) : added(this.#listeners, what)
  }

  health(): BusHealth {
    return { kind: 'inProcess' }
  }

  async close(): Promise<void> {}

  #tell<News>(listeners: ReadonlySet<(news: News) => void>, news: News): void {
    for (const listener of [...listeners]) {
      try {
        listener(news)
      } catch (error) {
        this.#onListenerError(error)
      }
    }
  }
}

function added<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

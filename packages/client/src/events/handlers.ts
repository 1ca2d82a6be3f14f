import { passes } from './filters.ts'
import type { ClientEvents, EventFilters, EventHandler, EventName } from './words.ts'

interface Entry {
  readonly handler: (event: never) => unknown
  readonly filter: object
}

/** The handlers of a client's events, in the order in which they came. */
export class Handlers {
  readonly #entries = new Map<EventName, Set<Entry>>()

  /** @returns a function that takes the handler away */
  add<Name extends EventName>(
    name: Name,
    handler: EventHandler<Name>,
    filter: EventFilters[Name],
  ): () => void {
    const entries = this.#entries.get(name) ?? new Set<Entry>()
    this.#entries.set(name, entries)
    const entry: Entry = { handler, filter }
    entries.add(entry)
    return () => void entries.delete(entry)
  }

  has(name: EventName): boolean {
    return (this.#entries.get(name)?.size ?? 0) > 0
  }

  /** Whether there are handlers of any event but these. */
  hasOther(names: ReadonlySet<EventName>): boolean {
    return [...this.#entries].some(([name, entries]) => !names.has(name) && entries.size > 0)
  }

  /** The handlers that an event passes to. */
  of<Name extends EventName>(name: Name, event: ClientEvents[Name]): EventHandler<Name>[] {
    const entries = [...(this.#entries.get(name) ?? [])]
    const asked = entries.filter(({ filter }) => {
      const isOpen = Object.keys(filter).length === 0
      return isOpen || (typeof event === 'object' && event !== null && passes(name, event, filter))
    })
    return asked.map(({ handler }) => handler as EventHandler<Name>)
  }
}
